"""What a crosscheck amounts to, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from zigzag_imc.report.terminal.crosscheck_parts import counted_name, found_by, title
from zigzag_imc.results.crosscheck import SOLVER, CrosscheckResult, LayerCheck, MethodRecord


def summary(result: CrosscheckResult) -> list[str]:
    """Return what a crosscheck amounts to, one sentence a line; contradictions last."""
    proved = sum(found_by(layer, SOLVER).status == "OPTIMAL" for layer in result.layers)
    lines = [
        f"{title(result)}: {proved} of {len(result.layers)} distinct layers "
        f"proved optimal in {result.objective} under the cost model {result.cost_model}; "
        f"{result.seconds:.1f} s in all",
        *(text for name, text in result.methods.items() if name != SOLVER),
    ]
    if result.stopped:
        lines.append(f"stopped: {result.stopped}")
    for method in result.methods:
        lines += _notes(result, method)
    if not result.contradictions:
        lines += _all_clear(result)
    return [*lines, *(f"CONTRADICTION: {said}" for said in result.contradictions)]


def _notes(result: CrosscheckResult, method: str) -> list[str]:
    """Return what there is to note on a method, each note once, with the layers it is about."""
    layers_of: dict[str, list[str]] = {}
    for layer in result.layers:
        note = found_by(layer, method).note
        if note is not None:
            layers_of.setdefault(note, []).append(layer.name)
    return [f"{method}, {', '.join(names)}: {note}" for note, names in layers_of.items()]


def _all_clear(result: CrosscheckResult) -> list[str]:
    """Say that nothing beats a bound, and of what that cannot be said.

    Whatever was not compared with one.
    """
    bounded = [layer for layer in result.layers if found_by(layer, SOLVER).bound is not None]
    others = [method for method in result.methods if method != SOLVER]
    if not bounded:
        return ["no bound was proved that anything could beat"]
    not_compared = []
    unbounded = [layer for layer in result.layers if _open(found_by(layer, SOLVER))]
    if unbounded:
        not_compared.append(f"not compared, without a bound: {_names(unbounded)}")
    for method in others:
        unmapped = [layer for layer in bounded if found_by(layer, method).value is None]
        if unmapped:
            names = _names(unmapped)
            not_compared.append(f"not compared, without a mapping by {method}: {names}")
    if not not_compared:
        return ["nothing beats a bound"]
    return ["nothing that was compared beats a bound", *not_compared]


def _open(found: MethodRecord) -> bool:
    """Whether a search of the solver has proved nothing."""
    return found.bound is None and found.status != "INFEASIBLE"


def _names(layers: Sequence[LayerCheck]) -> str:
    return ", ".join(counted_name(layer) for layer in layers)
