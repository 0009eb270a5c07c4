"""What the layers of bodies amount to.

Branches that agree count once, the bodies of loops as often as they run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload.control_flow.regions import Branch, Path, Region, Repeat
from zigzag_imc.onnx_workload.left_out import LeftOut
from zigzag_imc.onnx_workload.node_inference import Values
from zigzag_imc.onnx_workload.operators.recurrent import MOST_STEPS
from zigzag_imc.onnx_workload.outcome import Outcome
from zigzag_imc.onnx_workload.shapes import Shape, is_known


def settle(
    outcome: Outcome, paths: Sequence[Path], shapes: Mapping[str, Shape], values: Values
) -> Outcome:
    """Settle all bodies, innermost first.

    Parameters
    ----------
    outcome
        What became of all nodes of the flat graph.
    paths
        For every node the bodies that it comes from.
    shapes
        Shape of every tensor whose rank is known.
    values
        Values of the tensors that say how often bodies run, as far as they are known.
    """
    known = _Known(shapes, values)
    found = _settled(outcome, range(len(paths)), 0, paths, known)
    return Outcome(dict(sorted(found.layers.items())), dict(sorted(found.left_out.items())))


@dataclass(frozen=True, slots=True)
class _Known:
    """Shapes and values that decide how often a body runs."""

    shapes: Mapping[str, Shape]
    values: Values


def _settled(
    outcome: Outcome, positions: Iterable[int], depth: int, paths: Sequence[Path], known: _Known
) -> Outcome:
    inside: dict[str, dict[Region, list[int]]] = {}
    direct: list[int] = []
    for position in positions:
        if len(paths[position]) == depth:
            direct.append(position)
        else:
            region = paths[position][depth]
            inside.setdefault(region.name, {}).setdefault(region, []).append(position)
    whole = outcome.at(direct)
    for regions in inside.values():
        parts = {
            region: _settled(outcome, members, depth + 1, paths, known)
            for region, members in regions.items()
        }
        whole = whole.joined(_combined(parts, known))
    return whole


def _combined(parts: Mapping[Region, Outcome], known: _Known) -> Outcome:
    """Settle the one body of a loop, or the branches of a condition."""
    branches = {region: part for region, part in parts.items() if isinstance(region, Branch)}
    if branches:
        return _agreed(branches, known.values)
    (repeat, body), *_ = parts.items()
    return _repeated(repeat, body, known) if isinstance(repeat, Repeat) else body


def _agreed(branches: Mapping[Branch, Outcome], values: Values) -> Outcome:
    """Return one of the branches where both are the same, else nothing but what is left out."""
    taken = [part for branch, part in branches.items() if branch.is_taken(values)]
    if taken:
        return taken[0]
    # A branch without any node at all is none of the parts.
    parts = [part for branch, part in branches.items() if branch.is_taken(values) is None]
    if not parts:
        return Outcome()
    first, second = (*parts, Outcome())[:2]
    if first.contents == second.contents:
        return first
    name = next(iter(branches)).name
    reason = f"the branches of If {name!r} differ: {first.told_macs} or {second.told_macs} MACs"
    return first.dismissed(reason).joined(second.dismissed(reason))


def _repeated(repeat: Repeat, body: Outcome, known: _Known) -> Outcome:
    """Return the layers of a body as often as it runs."""
    steps = repeat.trips.steps(known.shapes, known.values)
    inside = f"in the body of {repeat.operator} {repeat.name!r}"
    if not body.layers and not body.left_out:
        return body
    if steps is None:
        return body.dismissed(
            f"{inside}, which runs as often as its data say, {body.told_macs} MACs each time"
        )
    shapes = known.shapes
    if not all(_is_kept(shapes.get(start), shapes.get(end)) for start, end in repeat.carried):
        return body.dismissed(f"{inside}, whose sizes change from step to step")
    if steps * sum(map(len, body.layers.values())) > MOST_STEPS:
        return _too_many(body, f"{inside} of {steps:,} steps", steps)
    layers = {
        at: tuple(_at_step(layer, step, steps) for step in range(steps) for layer in members)
        for at, members in body.layers.items()
    }
    return Outcome({at: members for at, members in layers.items() if members}, _times(body, steps))


def _too_many(body: Outcome, reason: str, steps: int) -> Outcome:
    nodes = _times(body, steps)
    for at, layers in body.layers.items():
        nodes[at] = tuple(
            LeftOut(layer.operator, reason, layer.name, layer.macs * steps) for layer in layers
        )
    return Outcome({}, nodes)


def _times(body: Outcome, steps: int) -> dict[int, tuple[LeftOut, ...]]:
    """Return what is left out of a body, with the multiply-accumulates of all steps."""
    return {
        at: tuple(n._replace(macs=None if n.macs is None else n.macs * steps) for n in members)
        for at, members in body.left_out.items()
        if steps
    }


def _at_step(layer: Layer, step: int, steps: int) -> Layer:
    return layer if steps == 1 else layer.replace(name=f"{layer.name}.{step}")


def _is_kept(start: Shape | None, end: Shape | None) -> bool:
    """Whether a tensor is as large behind a step as before it."""
    return is_known(start) and start == end


def deciding(paths: Sequence[Path]) -> set[str]:
    """Return the tensors whose values say how often bodies run, and which."""
    regions = {region for path in paths for region in path}
    repeats = [region for region in regions if isinstance(region, Repeat)]
    counts = {name for repeat in repeats for name in repeat.trips.told_by}
    return counts.union(region.condition for region in regions if isinstance(region, Branch))
