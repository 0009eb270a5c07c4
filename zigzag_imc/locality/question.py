"""The question of what to keep, put together from a timeline and what is known of its layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from zigzag_imc.locality.cases import WEIGHTS
from zigzag_imc.models.locality.places import Places
from zigzag_imc.models.locality.residence import (
    Residence,
    has_own_weights,
    least_slots,
    reserved_slots,
)
from zigzag_imc.models.locality.timeline import Timeline
from zigzag_imc.solver.network.keeping_problem import (
    Cells,
    FreeOrder,
    Keepable,
    Keeping,
    KeepingProblem,
    Life,
    Option,
    Stage,
)


def question_of(
    timeline: Timeline,
    stages: Sequence[Stage],
    given: Places | None = None,
    with_order: bool = False,
) -> KeepingProblem:
    """Return the question of what to keep; where that is given, only of how layers run under it.

    ``with_order``: of the order of the steps, too.
    """
    homes = {*timeline.homes, *timeline.weight_homes}
    return KeepingProblem(
        len(timeline.steps),
        {one.name: one.size_bits for one in timeline.accelerator.memories if one.name in homes},
        tuple(_keepables(timeline) if given is None else _settled(timeline, given)),
        tuple(stages),
        None if given is not None else _cells_of(timeline),
        _order_of(timeline) if with_order else None,
    )


def stage_of(timeline: Timeline, name: str, options: Sequence[Option]) -> Stage:
    """Return a layer with all ways to run it."""
    layer = timeline.layers[name]
    least = least_slots(layer, timeline.accelerator) if has_own_weights(layer) else None
    return Stage(timeline.step_of(name), tuple(options), least)


def places_in(timeline: Timeline, names: Sequence[str], keeping: Keeping) -> Places:
    """Read from an answer where tensors are kept, and where weights of the named layers stay."""
    placement = {name: home for name, home in keeping.placement.items() if name != WEIGHTS}
    home = keeping.placement.get(WEIGHTS)
    if home is None:
        return Places(placement)
    slot_bits = timeline.accelerator.array.weight_bits
    slots = zip(names, keeping.slots, strict=True)
    return Places(placement, Residence(home, {name: n * slot_bits for name, n in slots if n}))


def _keepables(timeline: Timeline) -> Iterator[Keepable]:
    """Yield the tensors that may be kept, and what stands for all weights."""
    for tensor in timeline.tensors.values():
        yield Keepable(
            tensor.name,
            tensor.bits,
            (tensor.first, tensor.last),
            tensor.memories,
            timeline.needed_with(tensor.name),
        )
    if timeline.weight_homes:
        always = (0, len(timeline.steps) - 1)
        yield Keepable(WEIGHTS, timeline.weight_bits, always, timeline.weight_homes)


def _settled(timeline: Timeline, given: Places) -> Iterator[Keepable]:
    """Yield the same where it is given what is kept; weights come and go."""
    for tensor in _keepables(timeline):
        home = given.placement.get(tensor.name)
        memories = () if home is None else (home,)
        yield replace(tensor, memories=memories, is_settled=home is not None)


def _order_of(timeline: Timeline) -> FreeOrder:
    """Return what the order of the steps depends on, and what depends on it."""
    flow = timeline.dataflow
    lives = {
        name: Life(
            flow.producers.get(name),
            () if name in flow.outputs else flow.consumers.get(name, ()),
        )
        for name in timeline.tensors
    }
    return FreeOrder(flow.earlier, lives)


def _cells_of(timeline: Timeline) -> Cells | None:
    """Return the cells that layers share, where weights may stay there."""
    accelerator = timeline.accelerator
    if accelerator.cells.name not in timeline.weight_homes:
        return None
    reserved = reserved_slots(timeline.layers.values())
    slot_bits = accelerator.array.weight_bits
    return Cells(WEIGHTS, accelerator.cells.name, accelerator.group_depth, slot_bits, reserved)
