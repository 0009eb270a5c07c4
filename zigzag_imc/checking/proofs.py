"""Second proofs: one per claim of a result, and the report of all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from zigzag_imc.checking.report import Report
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Stopped
from zigzag_imc.results.units import counted

Outcomes = Literal["proved", "refuted", "not proved"]
Claimed = Literal["energy", "latency", "edp", "network_edp", "front", "kept"]


@dataclass(frozen=True, slots=True)
class Proof:
    """One claim of a result, and what came of proving it again.

    Attributes
    ----------
    layer
        Name of the layer; that of the network for the claim about all layers together.
    objective, floor
        Nothing costs less than so much (pJ, cycles or pJ x cycles); an infinite floor says that no
        mapping fits. ``network_edp`` is the energy-delay product of all layers together; a
        ``front`` has no floor, but ``points``: no mapping is better than all of them in energy or
        in latency. ``kept`` is the objective of the network, whatever stays on chip.
    method
        ``enumeration``; ``joint`` for the joint model alone, which shares no bound with a first
        proof; ``solver`` for the usual search with other settings; ``fronts`` for the layers of a
        network together, or ``choices`` for what stays on chip between them.
    mappings
        How many were scored.
    outcome
        ``refuted``: a cheaper mapping exists. ``not proved``: a limit ended the search, see
        ``reason``.
    cheaper, cheaper_value
        The mapping that refutes the claim, where there is one, and its objective, which a mapping
        below a front does not have.
    reason
        Why the claim is refuted or not proved.
    seconds
        Time of the proof.
    points
        Points of the front.
    """

    layer: str
    objective: Claimed
    floor: float | None
    method: Literal["enumeration", "joint", "solver", "fronts", "choices"]
    outcome: Outcomes
    reason: str | None = None
    mappings: int = 0
    seconds: float = 0.0
    cheaper: LayerMapping | None = None
    cheaper_value: float | None = None
    points: int = 0

    @property
    def claim(self) -> str:
        """The claim for people."""
        if self.floor is None:
            return f"no mapping below the front of {counted(self.points, 'point')}"
        if math.isinf(self.floor):
            return "no mapping fits"
        told = {"network_edp": "edp of all layers", "kept": "objective, whatever is kept,"}
        return f"{told.get(self.objective, self.objective)} >= {self.floor:.6g}"


@dataclass(frozen=True, slots=True)
class ProofReport:
    """What was proved again.

    Attributes
    ----------
    checks
        Outcome of the checks without a solver; where they fail, nothing is proved.
    proofs
        One per claim, in the order of the layers.
    stopped
        What ended the proofs early, if anything did.
    """

    checks: Report
    proofs: tuple[Proof, ...] = ()
    stopped: Stopped | None = None

    @property
    def holds(self) -> bool:
        """Whether all checks hold and all claims are proved again."""
        return self.checks.holds and all(proof.outcome == "proved" for proof in self.proofs)
