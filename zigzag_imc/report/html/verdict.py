"""What a result comes to, at a glance."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.objective import Status
from zigzag_imc.results.result import NetworkResult, TotalsRecord
from zigzag_imc.results.units import counted, gap_text

OPERATIONS_PER_MAC = 2
"""A multiplication and an addition."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a result comes to.

    Attributes
    ----------
    status, sentence
        How far it is proved, and what that means.
    delay_ns
        Latency in ns.
    tops, tops_per_w
        10^12 operations per second and per J, over all mapped layers; ``None`` without any.
    """

    status: Status
    sentence: str
    delay_ns: float | None
    tops: float | None
    tops_per_w: float | None

    @classmethod
    def of(cls, result: NetworkResult) -> Verdict:
        """Sum up a result."""
        totals = result.totals
        cycles = totals.latency_cycles
        delay = None if cycles is None else cycles * totals.tclk_ns
        operations = OPERATIONS_PER_MAC * sum(
            layer.count * layer.macs for layer in result.layers if layer.energy_pj is not None
        )
        return cls(
            status=totals.status,
            sentence=_sentence(result),
            delay_ns=delay,
            tops=operations / delay / 1e3 if delay else None,  # a ns has 10^-9 s, a TOP 10^12
            tops_per_w=operations / totals.energy_pj if totals.energy_pj else None,
        )


def _sentence(result: NetworkResult) -> str:
    totals = result.totals
    searched = any(layer.certificate is not None for layer in result.layers)
    goal = f"less {result.objective}" + (
        " of the network" if result.scope == "network" else ", layer by layer"
    )
    said = {
        "OPTIMAL": f"No legal mapping has {goal}: proved for {counted(totals.layers, 'layer')}.",
        "FEASIBLE": _open(totals, goal) if searched else "Mappings evaluated, not searched.",
        "UNKNOWN": "For some layers neither a mapping nor a proof that there is none was found.",
        "INFEASIBLE": "Some layers have no legal mapping.",
    }[totals.status]
    if totals.mapped_layers < totals.layers:
        said += f" The sums are of the {totals.mapped_layers} of {totals.layers} layers mapped."
    return said


def _open(totals: TotalsRecord, goal: str) -> str:
    if totals.gap is None:
        return f"Whether other mappings have {goal} is not known."
    return f"Other mappings could have at most {gap_text(totals.gap)} {goal}."
