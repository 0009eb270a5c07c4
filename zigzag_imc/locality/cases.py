"""Cases: a layer in a situation, and every way in which it may be run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import Constraints, Stationary, TileSize
from zigzag_imc.core.layer import Layer
from zigzag_imc.models.locality.places import Placement, Places
from zigzag_imc.models.locality.residence import Residence, has_own_weights
from zigzag_imc.models.locality.situation import Kept, Room, Situation
from zigzag_imc.models.locality.timeline import Timeline


@dataclass(frozen=True)
class Pattern:
    """A layer with one operand stored, what is kept of it, and whether outputs come finished.

    Two patterns of equal key have the same cost in equal rooms.

    Attributes
    ----------
    layer
        The layer, with nothing left to choose about the stored operand.
    constraints
        What its mapping has to keep.
    kept
        Operands that are kept.
    finished
        Whether its output takes the room of finished ones.
    inferences
        For how many inferences its weights are loaded once; zero where they come and go.
    """

    layer: Layer
    constraints: Constraints
    kept: tuple[Kept, ...]
    finished: bool
    inferences: int = 0

    @cached_property
    def key(self) -> tuple[object, ...]:
        """All that decides costs, but for the room that is left."""
        shape = self.layer.shape_key()
        return (shape, self.constraints, self.kept, self.finished, self.inferences)

    @property
    def home(self) -> str | None:
        """Name of the memory where its weights stay; ``None`` where they do not."""
        kept = (one.memory for one in self.kept if one.operand == "W")
        return next(kept, None) if self.inferences else None


@dataclass(frozen=True)
class Case:
    """A pattern with the room that is left: one search.

    Attributes
    ----------
    pattern
        The layer and what is kept of it.
    situation
        The same with the room that is left.
    """

    pattern: Pattern
    situation: Situation

    @cached_property
    def key(self) -> tuple[object, ...]:
        """All that decides costs."""
        return (*self.pattern.key, self.situation.rooms)

    def accelerator(self, whole: Accelerator) -> Accelerator:
        """Return the accelerator as the layer finds it."""
        return self.situation.accelerator(whole)

    def constraints(self, whole: Accelerator) -> Constraints:
        """Return all that a mapping has to keep."""
        return (*self.pattern.constraints, *self.situation.constraints(whole))


@dataclass(frozen=True)
class Way:
    """One way to run a layer of the network: its tensors' places, and the pattern they make.

    Attributes
    ----------
    keeps
        Each of its tensors that may be kept, and where it is; ``None`` where it is not.
    pattern
        What that is for the layer.
    extra_bits
        Room for partial sums beyond that of the output at rest, by memory.
    memories
        Names of the memories that hold tiles of its operands and may keep tensors beside them.
    """

    keeps: tuple[tuple[str, str | None], ...]
    pattern: Pattern
    extra_bits: Mapping[str, int]
    memories: tuple[str, ...]


@dataclass(frozen=True)
class Spot:
    """A layer at its step, and all ways to run it.

    Attributes
    ----------
    name
        Name of the layer.
    step
        Place of its step.
    ways
        All ways, as far as the layer's own tensors fit.
    """

    name: str
    step: int
    ways: tuple[Way, ...]

    def agreeing_with(self, placement: Placement) -> Spot:
        """Return the same with the ways that a given choice leaves: partial sums have their room.

        Tensors that are given take all their room, so that no way has to do with less.
        """
        left = (
            way
            for way in self.ways
            if not way.pattern.finished
            and all(placement.get(tensor) == memory for tensor, memory in way.keeps)
        )
        return replace(self, ways=tuple(left))


WEIGHTS = ""
"""Stands for the weights of all layers among the names of tensors; no tensor has it."""


def spot_of(timeline: Timeline, name: str, constraints: Constraints) -> Spot:
    """Return a layer of the network and all ways to run it."""
    step = timeline.step_of(name)
    layer = timeline.layers[name]
    ways = [
        way
        for alternative in layer.alternatives
        for way in _ways_storing(timeline, step, _fixed(alternative), constraints)
    ]
    return Spot(name, step, tuple(ways))


def _fixed(layer: Layer) -> Layer:
    """Return a layer whose stored operand is no choice any more."""
    if layer.stored is None:
        return layer
    return layer.replace(stored=layer.stored.fixed())


def _ways_storing(
    timeline: Timeline, step: int, layer: Layer, constraints: Constraints
) -> Iterator[Way]:
    """Yield all ways to run a layer whose stored operand is settled."""
    operands = list(timeline.operands_of(timeline.steps[step], layer))
    tensors = list(dict.fromkeys(name for _, name in operands))
    places: list[tuple[str | None, ...]] = [
        (None, *timeline.tensors[name].memories) if name in timeline.tensors else (None,)
        for name in tensors
    ]
    for chosen in itertools.product(*places):
        own = {name: place for name, place in zip(tensors, chosen, strict=True) if place}
        keepable = tuple(
            (name, place)
            for name, place in zip(tensors, chosen, strict=True)
            if name in timeline.tensors
        )
        for home in (None, *(timeline.weight_homes if has_own_weights(layer) else ())):
            stays = ((WEIGHTS, home),) if timeline.weight_homes and has_own_weights(layer) else ()
            alone = Places(own, _own_residence(timeline, step, home))
            for finished in (False, True):
                way = _way(timeline, step, layer, constraints, alone, finished)
                if way is not None:
                    yield replace(way, keeps=(*keepable, *stays))


def _own_residence(timeline: Timeline, step: int, home: str | None) -> Residence | None:
    """Return where a layer's weights stay, as if the cells were all its own."""
    if home is None:
        return None
    return Residence(home, {timeline.steps[step].name: timeline.accelerator.cells.size_bits})


def _way(
    timeline: Timeline,
    step: int,
    layer: Layer,
    constraints: Constraints,
    places: Places,
    finished: bool,
) -> Way | None:
    """Return one way; ``None`` where it is none, or no other than that of partial sums."""
    residence = places.residence
    situation = timeline.situation(step, layer, places.placement, finished, residence)
    if situation is None:
        return None
    output = timeline.steps[step].writes[0] if timeline.steps[step].kind == "layer" else None
    home = situation.top_of("O")
    extra = 0 if output is None or home is None else timeline.extra_bits(layer, output)
    if finished and (home is None or not extra or not timeline.may_come_finished(home)):
        return None
    pattern = Pattern(layer, constraints, situation.kept, situation.finished, situation.inferences)
    more = {} if finished or home is None or not extra else {home: extra}
    return Way((), pattern, more, timeline.memories_with_tiles(situation.kept, layer))


def relaxed(pattern: Pattern, timeline: Timeline, ways: tuple[Way, ...]) -> Case:
    """Return a case that costs no more energy than any of some ways of a layer, in any room.

    Why it is safe. Take a mapping that is legal in one of the ways. Keep more of its operands, or
    in a lower memory: leave out the operand's cuts above. What crosses the boundaries that are left
    is the same, what crossed those above is gone, the tiles of all other operands are as large as
    before, and no memory holds more. So the mapping stays legal with the same room, and with more
    room, and costs no more energy. Constraints about tiles in memories could get lost on the way;
    `may_relax` is about them. Weights that stay are another matter: their tile is all of them, and
    they cost a share of their loading. So only ways are together whose weights stay alike.
    """
    kept: dict[str, str] = {}
    order = [memory.name for memory in timeline.accelerator.memories]
    for way in ways:
        if way.pattern.layer.shape_key() != pattern.layer.shape_key():
            continue
        if way.pattern.home != pattern.home:
            continue
        for one in way.pattern.kept:
            lowest = min(order.index(kept.get(one.operand, one.memory)), order.index(one.memory))
            kept[one.operand] = order[lowest]
    together = tuple(Kept(operand, kept[operand]) for operand in ("W", "I", "O") if operand in kept)
    widest = Pattern(pattern.layer, pattern.constraints, together, False, pattern.inferences)
    return Case(widest, Situation(together, inferences=pattern.inferences))


def may_relax(constraints: Constraints) -> bool:
    """Whether constraints stay kept where an operand loses its memories above one of them."""
    return not any(isinstance(one, TileSize | Stationary) for one in constraints)


def case_of(timeline: Timeline, spot: Spot, way: Way, places: Places) -> Case | None:
    """Return the case that all places make of a way; ``None`` where the room does not suffice.

    The timeline has the steps in the order in which they run.
    """
    placement, finished = places.placement, way.pattern.finished
    situation = timeline.situation(
        timeline.step_of(spot.name), way.pattern.layer, placement, finished, places.residence
    )
    return None if situation is None else Case(way.pattern, situation)


def plain_case(way: Way) -> Case | None:
    """Return the case of a way of which nothing is kept where nothing else is kept either."""
    return None if way.pattern.kept else Case(way.pattern, Situation())


def rooms_at_rest(case: Case, way: Way) -> tuple[Room, ...]:
    """Return the rooms that the tensors at rest leave in a case: more by what partial sums take."""
    return tuple(
        Room(room.memory, room.bits + way.extra_bits.get(room.memory, 0))
        for room in case.situation.rooms
    )
