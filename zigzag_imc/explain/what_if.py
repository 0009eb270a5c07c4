"""What more hardware would give.

The layer mapped again, with proof, on accelerators that have a little more.

Nothing but the capacity, the width of the ports or the number of lanes changes: a memory keeps its
energy per access, or, with wider ports, per bit, and with more bits its area per bit, so that room
is not to be had for nothing. The array's energy, clock and area follow from its size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from zigzag_imc.core.accelerator import Accelerator, MemoryInstance
from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Stopped
from zigzag_imc.explain.records import WhatIfRecord
from zigzag_imc.library.answers import map_onto_each
from zigzag_imc.library.query import Query
from zigzag_imc.models.array.macro import clock_period_ns
from zigzag_imc.models.hardware.files import accelerator_from_dict, accelerator_to_dict
from zigzag_imc.results.result import LayerResult

Edit = Callable[[Accelerator], Accelerator]
"""What changes one thing of an accelerator."""

AS_IT_IS = "as it is"
"""Name of the search on the unchanged accelerator."""


@dataclass(frozen=True, slots=True)
class Change:
    """A changed accelerator, or why there can be none.

    Attributes
    ----------
    record
        What was changed; the outcome of the search is missing yet.
    accelerator
        The changed accelerator; ``None`` where it cannot be built.
    refused
        Why it cannot be built.
    """

    record: WhatIfRecord
    accelerator: Accelerator | None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class WhatIfs:
    """What searches on changed accelerators found.

    Attributes
    ----------
    records
        The changes, the largest gain first, unknown gains last.
    base
        Optimum on the accelerator as it is, in the unit of the objective; ``None`` without one.
    stopped
        What ended the searches early, if anything did.
    """

    records: tuple[WhatIfRecord, ...]
    base: float | None
    stopped: Stopped | None


def changes_of(accelerator: Accelerator, built: Accelerator | None = None) -> list[Change]:
    """Return the accelerators with a little more of one thing.

    ``built`` is the accelerator as it is built, where what is kept of other layers takes some of
    its memories from ``accelerator``; it says what area a bit takes.

    That is one more bit, twice the bits or twice the bandwidth of a memory, or one more lane or
    twice the lanes of the array.

    The cells of the array have one more weight: they hold whole ones. The outermost memory, which
    always holds everything, is not doubled. Where the array cannot have one more lane, it only has
    twice as many.
    """
    resized_to = partial(_resized, accelerator, built or accelerator)
    found, doubled = [], []
    for index, memory in enumerate(accelerator.memories):
        step = accelerator.array.weight_bits if memory is accelerator.cells else 1
        one_bit = resized_to(index, memory.size_bits + 1)
        found.append(_or_larger(one_bit, resized_to(index, memory.size_bits + step)))
        if memory is not accelerator.memories[-1] and memory.size_bits > step:
            doubled.append(resized_to(index, 2 * memory.size_bits))
    found += doubled
    found += [
        _widened_ports(accelerator, index)
        for index, memory in enumerate(accelerator.memories)
        if memory.ports
    ]
    for place in range(len(accelerator.array.dimensions)):
        found += _wider(accelerator, place)
    return found


def what_ifs(
    layer: Layer,
    accelerator: Accelerator,
    query: Query,
    base: float | None,
    built: Accelerator | None = None,
) -> WhatIfs:
    """Map the layer on every changed accelerator.

    Parameters
    ----------
    layer, accelerator
        What is mapped onto what.
    query
        For what, and how: the objective, the cost model, the limits, the jobs and the seed.
    base
        Optimum on the accelerator as it is; searched, too, where it is ``None``.
    built
        The accelerator as it is built, see `changes_of`.
    """
    changes = changes_of(accelerator, built)
    variants = {} if base is not None else {AS_IT_IS: accelerator}
    variants |= {
        change.record.change: change.accelerator
        for change in changes
        if change.accelerator is not None
    }
    found, stopped = map_onto_each(layer, variants, query)
    if base is None:
        base = found[AS_IT_IS].objective_value
    records = [
        change.record.model_copy(update={"reason": change.refused})
        if change.accelerator is None
        else _gained(change, found[change.record.change], base, _pace(change, accelerator, query))
        for change in changes
    ]
    records.sort(key=_order)
    return WhatIfs(tuple(records), base, stopped)


def _order(record: WhatIfRecord) -> tuple[bool, float]:
    """Largest gain first, unknown ones last."""
    return record.gain is None, -(record.gain or 0.0)


# ------------------------------------------------------------------ changes
def _resized(accelerator: Accelerator, built: Accelerator, index: int, size_bits: int) -> Change:
    memory = accelerator.memories[index]
    more = "doubled"
    if size_bits == memory.size_bits + 1:
        more = "+1 bit"
    elif (
        memory is accelerator.cells
        and size_bits == memory.size_bits + accelerator.array.weight_bits
    ):
        more = "+1 weight"
    record = WhatIfRecord(
        change=f"{memory.name} {more}", memory=memory.name, before=memory.size_bits, after=size_bits
    )
    more_bits = size_bits - memory.size_bits
    of_a_bit = built.memories[index].area_mm2 / built.memories[index].size_bits
    return _checked(record, accelerator, larger(memory, more_bits, of_a_bit * more_bits))


def larger(memory: MemoryInstance, more_bits: int, more_mm2: float) -> Edit:
    """Return what adds bits and area to a memory, or takes them away where they are negative."""

    def changed(one: MemoryInstance) -> MemoryInstance:
        return replace(one, size_bits=one.size_bits + more_bits, area_mm2=one.area_mm2 + more_mm2)

    return _edit_of(memory, changed)


def _widened_ports(accelerator: Accelerator, index: int) -> Change:
    """An access moves twice the bits for twice the energy.

    The smallest part of it that can be used stays.
    """
    memory = accelerator.memories[index]
    widest = max(port.bandwidth_max for port in memory.ports)
    change = f"{memory.name} bandwidth doubled"
    record = WhatIfRecord(change=change, memory=memory.name, before=widest, after=2 * widest)
    return _checked(record, accelerator, _edit_of(memory, _twice_as_wide))


def _twice_as_wide(memory: MemoryInstance) -> MemoryInstance:
    return replace(
        memory,
        read_energy_pj=2 * memory.read_energy_pj,
        write_energy_pj=2 * memory.write_energy_pj,
        ports=tuple(replace(port, bandwidth_max=2 * port.bandwidth_max) for port in memory.ports),
    )


def _edit_of(memory: MemoryInstance, change: Callable[[MemoryInstance], MemoryInstance]) -> Edit:
    """Return what changes the memory of that name in an accelerator."""

    def edit(accelerator: Accelerator) -> Accelerator:
        memories = (change(one) if one.name == memory.name else one for one in accelerator.memories)
        return accelerator.replace(memories=tuple(memories))

    return edit


def _wider(accelerator: Accelerator, place: int) -> list[Change]:
    """Return an array dimension with one more lane and with twice as many, where both can be."""
    _, size = accelerator.array.dimensions[place]
    one_more = _widened(accelerator, place, size + 1)
    twice = _widened(accelerator, place, 2 * size)
    if size == 1 or one_more.accelerator is None or twice.accelerator is None:
        return [_or_larger(one_more, twice)]
    return [one_more, twice]


def _widened(accelerator: Accelerator, place: int, lanes: int) -> Change:
    array = accelerator.array
    name, size = array.dimensions[place]
    role = ("column", "row")[place] if place < 2 else "macro"
    more = f"+1 {role}" if lanes == size + 1 else f"{role}s doubled"
    dimensions = (*array.dimensions[:place], (name, lanes), *array.dimensions[place + 1 :])
    record = WhatIfRecord(change=f"{name} {more}", array_dim=name, before=size, after=lanes)
    return _checked(
        record, accelerator, lambda one: one.replace(array=replace(array, dimensions=dimensions))
    )


def _or_larger(change: Change, larger: Change) -> Change:
    """Return the change, or where it cannot be built the larger one, which then says why."""
    if change.accelerator is not None or larger.record == change.record:
        return change
    return replace(larger, record=larger.record.model_copy(update={"instead_of": change.refused}))


def _checked(record: WhatIfRecord, accelerator: Accelerator, edit: Edit) -> Change:
    """Refuse an accelerator that a file could not describe."""
    try:
        return Change(record, checked(accelerator, edit, record.change))
    except AcceleratorError as error:
        return Change(record, None, str(error))


def checked(accelerator: Accelerator, edit: Edit, source: str) -> Accelerator:
    """Return a changed accelerator.

    Raises
    ------
    AcceleratorError
        When no file could describe it; ``source`` is named.
    """
    built = accelerator_from_dict(accelerator_to_dict(edit(accelerator)), source)
    return _with_what_is_kept(built, accelerator, edit)


def _with_what_is_kept(built: Accelerator, original: Accelerator, edit: Edit) -> Accelerator:
    """Mark what stays in memories from layer to layer, which no file says."""
    kept = {memory.name: memory.kept for memory in original.memories}
    marked = (replace(memory, kept=kept[memory.name]) for memory in built.memories)
    return built.replace(
        memories=tuple(marked),
        whole=None if original.whole is None else edit(original.whole),
        weight_inferences=original.weight_inferences,
    )


def _pace(change: Change, before: Accelerator, query: Query) -> float:
    """How much longer a cycle takes on the changed accelerator; of no matter for the energy."""
    if query.objective == "energy" or change.accelerator is None:
        return 1.0
    return clock_period_ns(change.accelerator) / clock_period_ns(before)


def _gained(change: Change, found: LayerResult, base: float | None, pace: float) -> WhatIfRecord:
    """Record what a change gains, in time and not in cycles where these take longer."""
    value, bound = found.objective_value, found.bound
    least = value if found.status == "OPTIMAL" else bound
    return change.record.model_copy(
        update={
            "status": found.status,
            "reason": found.reason,
            "objective_value": value,
            "bound": bound,
            "gain": _relative(base, value, pace),
            "most_gain": _relative(base, least, pace),
            "energy_pj": found.energy_pj,
            "latency_cycles": found.latency_cycles,
            "tclk_ns": found.tclk_ns,
            "area_mm2": found.area_mm2,
            "spatial": found.spatial,
            "temporal": found.temporal,
            "stored": found.stored_operand and found.stored_operand.position,
        }
    )


def _relative(base: float | None, value: float | None, pace: float) -> float | None:
    if base is None or value is None:
        return None
    return (base - value * pace) / base if base > 0 else 0.0
