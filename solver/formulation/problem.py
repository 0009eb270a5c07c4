"""The data of the CP-SAT model: what is left to decide after presolve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.layer import INPUTS, OPERANDS, WEIGHTS
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.constraints.short_ends import ShortRules
from zigzag_imc.models.mapspace.constraints.tile_sizes import even_cuts
from zigzag_imc.models.timing.buffering import room_order
from zigzag_imc.solver.formulation.candidate import Candidate
from zigzag_imc.solver.formulation.option_tiles import OptionTiles
from zigzag_imc.solver.formulation.ranges import scale_for
from zigzag_imc.solver.formulation.scaling import ENERGY_UNITS, FACTOR_UNITS, Scale
from zigzag_imc.solver.formulation.tile_group import TileGroup
from zigzag_imc.solver.goal import Goal
from zigzag_imc.solver.scoring.tile_choice import CutPlace
from zigzag_imc.solver.tables.cut import PortKey, SpatialColumns
from zigzag_imc.solver.tables.links import link_kinds


class Least(NamedTuple):
    """What all mappings need at least.

    Attributes
    ----------
    energy_pj, latency
        Energy in pJ, and latency in clock cycles.
    """

    energy_pj: float = 0.0
    latency: float = 0.0


NOTHING = Least()
"""What is known where nothing is."""


@dataclass(frozen=True)
class Problem:
    """Spatial mappings, the tiles of each, and what is minimised.

    Attributes
    ----------
    accelerator
        Its memories limit the tiles.
    spatials
        Cost tables of the spatial mappings that are left.
    candidates
        Tiles that are left; ``at.option`` is a place in ``spatials``.
    goal
        What is minimised, within which limits.
    scale
        Units of the model.
    relevant, plain
        Relevant dimensions per operand, and those of them that are in none of its windows.
    room_order
        Operands in the order in which they take the room that is left in a memory.
    element_bits
        Bits of an element of each operand.
    even
        Cuts that constraints want at one place of the loop order, set by set.
    in_rounds
        Whether what is loaded once hides in the first round of the loops outside it alone.
    sizes
        Where tiles may have any lengths: ``T_d`` of every dimension with several steps. There is
        one spatial mapping then. ``None`` where tiles divide.
    order
        What constraints ask of the order of the loops there.
    link_kinds
        How the onloading over each input cut combines with the rest: ``shared``, ``private`` or
        ``hidden`` (behind an outer one).
    """

    accelerator: Accelerator
    spatials: tuple[SpatialColumns, ...]
    candidates: tuple[Candidate, ...]
    goal: Goal
    scale: Scale
    relevant: tuple[frozenset[str], ...]
    plain: tuple[frozenset[str], ...]
    link_kinds: Mapping[CutPlace, str]
    room_order: tuple[int, ...] = tuple(range(len(OPERANDS)))
    element_bits: tuple[int, ...] = ()
    even: tuple[frozenset[CutPlace], ...] = ()
    in_rounds: bool = False
    sizes: Mapping[str, int] | None = None
    order: ShortRules | None = None

    @classmethod
    def of(
        cls,
        costs: CostModel,
        goal: Goal,
        spatials: Sequence[SpatialColumns],
        candidates: Iterable[Candidate],
        most_value: float,
        constraints: Constraints = (),
    ) -> Problem:
        """Build from the candidates of some spatial mappings; those without any are left out.

        Parameters
        ----------
        costs
            Cost model of the layer.
        goal
            What is minimised.
        spatials, candidates
            Cost tables, and tiles whose ``at.option`` is a place among them.
        most_value
            Objective above which nothing is of interest.
        constraints
            What a mapping has to keep; of what tells single tiles apart, the candidates do already.
        """
        candidates = tuple(candidates)
        used = sorted({candidate.at.option for candidate in candidates})
        number_of = {option: number for number, option in enumerate(used)}
        left = tuple(spatials[option] for option in used)
        return cls(
            accelerator=costs.accelerator,
            spatials=left,
            candidates=tuple(tile.of_option(number_of[tile.at.option]) for tile in candidates),
            goal=goal,
            scale=scale_for(goal, left, candidates, most_value),
            relevant=tuple(costs.layer.relevant(operand) for operand in OPERANDS),
            plain=tuple(costs.layer.plain_dims(operand) for operand in OPERANDS),
            link_kinds=link_kinds(costs),
            room_order=tuple(map(OPERANDS.index, room_order(costs.layer))),
            element_bits=tuple(map(costs.layer.precision.bits, OPERANDS)),
            even=even_cuts(costs.accelerator, constraints),
            in_rounds=costs.profile.hidden_loads and not costs.profile.late_loads,
        )

    def with_lengths(
        self, sizes: Mapping[str, int], least: Least, constraints: Constraints = ()
    ) -> Problem:
        """Return the same problem of tiles of any lengths.

        Thousands of them may be equally good, and all would have to be scored if their latencies
        were rounded to whole cycles.
        """
        units = FACTOR_UNITS if self.goal.objective == "edp" else ENERGY_UNITS
        scale = self.scale.above(*least).in_parts_of_cycles(units)
        rounded = 1 + len(self.by_place)  # of the array, and of the tile at every cut
        scale = scale.from_least(least.energy_pj, rounded, least.latency)
        return replace(self, sizes=sizes, scale=scale, order=ShortRules.of(constraints, sizes))

    @cached_property
    def all_tiles(self) -> TileGroup:
        """All candidates."""
        return TileGroup(dict(enumerate(self.candidates)))

    @cached_property
    def by_place(self) -> dict[CutPlace, TileGroup]:
        """Candidates at every cut, in the order of the cuts."""
        found = self.all_tiles.by(lambda tile: tile.at.place)
        return dict(sorted(found.items()))

    @cached_property
    def by_option(self) -> list[OptionTiles]:
        """Candidates of every spatial mapping."""
        in_order = TileGroup.joined(self.by_place.values())
        by_option = in_order.by(lambda tile: tile.at.option)
        return [OptionTiles(own.by(lambda tile: tile.at.place)) for own in by_option.values()]

    @cached_property
    def _by_memory(self) -> dict[int, TileGroup]:
        """Candidates by the memory in which they take room."""
        return self.all_tiles.by(lambda tile: tile.room.memory)

    def in_memory(self, memory: int) -> TileGroup:
        """Candidates that take room in a memory."""
        return self._by_memory.get(memory, TileGroup())

    def size_bits(self, memory: int) -> int:
        """Capacity of a memory in bits."""
        return self.accelerator.memories[memory].size_bits

    def steps_of(self, option: int) -> int:
        """Activations of the array under a spatial mapping: those of all loops."""
        return int(self.spatials[option].lattice.steps.flat[-1])

    @cached_property
    def first_to_hide(self) -> int | None:
        """Input that no loop indexes (`first_to_hide`), among tiles of any lengths.

        ``None`` where there is none, or both are, or loads do not hide in rounds.
        """
        if self.sizes is None or not self.in_rounds:
            return None
        inputs = (WEIGHTS, INPUTS)
        found = [one for one in inputs if not self.relevant[one] & self.sizes.keys()]
        return found[0] if len(found) == 1 else None

    def first_bits(self, operand: int) -> int:
        """Bits of the first part of an input, which is never hidden, under one spatial mapping."""
        (columns,) = self.spatials
        return int(columns.laid.operands[operand].whole[1] * self.element_bits[operand])

    def bandwidth(self, key: PortKey) -> int:
        """Bits per cycle of a port."""
        return self.accelerator.memories[key[0]].ports[key[1]].bandwidth_max
