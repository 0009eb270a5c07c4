"""From the tiles of a chain to a mapping: loops in order, cut where the tiles are."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, Loop, SpatialMapping, TemporalMapping
from zigzag_imc.models.mapspace.unrollings import prime_factors

CutPlace = tuple[int, int]
"""Operand index and boundary of a cut."""

MOST_ARRANGEMENTS = 4000
"""Loop orders tried for one choice of tiles before giving up on telling all of them apart."""


@dataclass(frozen=True)
class TileChoice:
    """A spatial mapping and the tile below every cut.

    All loop orders that agree with it cost the same energy.

    ``tiles`` are sorted from the innermost; each divides the next.
    """

    spatial: SpatialMapping
    temporal: tuple[tuple[str, int], ...]
    tiles: tuple[tuple[CutPlace, tuple[tuple[str, int], ...]], ...]

    @classmethod
    def of(
        cls,
        spatial: SpatialMapping,
        temporal: Mapping[str, int],
        tiles: Sequence[tuple[CutPlace, Mapping[str, int]]],
    ) -> TileChoice:
        """Build from the tiles of the cuts in any order."""

        def volume(tile: Mapping[str, int]) -> int:
            product = 1
            for factor in tile.values():
                product *= factor
            return product

        ordered = sorted(tiles, key=lambda item: (volume(item[1]), item[0]))
        return cls(
            spatial,
            tuple((dim, size) for dim, size in temporal.items() if size > 1),
            tuple((place, tuple(sorted(tile.items()))) for place, tile in ordered),
        )

    def segments(self) -> list[tuple[list[CutPlace], dict[str, int]]]:
        """Loops between consecutive different tiles, innermost first, with the cuts at their upper
        end.
        """
        found: list[tuple[list[CutPlace], dict[str, int]]] = []
        below: dict[str, int] = {}
        for place, tile in (*self.tiles, (None, self.temporal)):
            here = dict(tile)
            between = {
                dim: here[dim] // below.get(dim, 1)
                for dim in here
                if here[dim] != below.get(dim, 1)
            }
            if between or not found:
                found.append(([], between))
            if place is not None:
                found[-1][0].append(place)
            below = here
        return found

    def mapping(self, layer: Layer, orders: Sequence[Sequence[Loop]] | None = None) -> LayerMapping:
        """Build the mapping with the given loop order inside each segment (dimension order when
        left out).
        """
        loops: list[Loop] = []
        cuts: dict[CutPlace, int] = {}
        for index, (places, between) in enumerate(self.segments()):
            loops.extend(orders[index] if orders is not None else sorted(between.items()))
            for place in places:
                cuts[place] = len(loops)
        per_operand = tuple(
            tuple(
                cut
                for (operand, boundary), cut in sorted(cuts.items())
                if operand == index and boundary > 0
            )
            for index in range(len(OPERANDS))
        )
        return LayerMapping(self.spatial, TemporalMapping(tuple(loops), per_operand))  # type: ignore[arg-type]

    def arrangements(self, layer: Layer) -> Iterator[LayerMapping]:
        """Yield mappings for every way the loop order inside the segments can matter, likely best
        ones first.

        Inside a segment the order decides only which loops end up directly below the cuts at its
        upper end: how long the run of loops that are relevant, or irrelevant, to a cut's operand
        is. So orders are told apart from the top down to where the last of these runs ends; what is
        below may stand in any order.
        """
        segments = self.segments()
        open_above: set[int] = set()  # operands whose run may reach down from the segment above
        choices: list[list[tuple[Loop, ...]]] = []
        for number in reversed(range(len(segments))):
            places, between = segments[number]
            seen_from = open_above | {operand for operand, _ in places}
            resting_on = {operand for operand, _ in segments[number - 1][0]} if number else set()
            choices.append(_segment_orders(layer, seen_from, resting_on, between))
            open_above = {
                operand
                for operand in seen_from
                if len({_kind(layer, OPERANDS[operand], dim) for dim in between}) <= 1
            }
        choices.reverse()
        for count, orders in enumerate(itertools.product(*choices)):
            if count >= MOST_ARRANGEMENTS:
                return
            yield self.mapping(layer, orders)


def _segment_orders(
    layer: Layer, seen_from: set[int], resting_on: set[int], between: Mapping[str, int]
) -> list[tuple[Loop, ...]]:
    """Orders of one segment's loops, one for each way its top can look to the operands that see it
    from above.

    Loops that are irrelevant to an operand cut directly below would sink under that cut, which
    makes them another choice of tiles; so where there is a choice, a loop that rests on the cuts
    below stands lowest.
    """
    operands = sorted(seen_from)

    def lowest_first(item: tuple[str, int]) -> tuple[bool, str]:
        return any(_kind(layer, OPERANDS[op], item[0]) == "idle" for op in resting_on), item[0]

    if not operands or len(between) < 2:
        return [tuple(sorted(between.items(), key=lowest_first))]
    kinds = {
        dim: tuple(_kind(layer, OPERANDS[operand], dim) for operand in operands) for dim in between
    }
    orders: dict[tuple[object, ...], tuple[Loop, ...]] = {}
    seen: set[tuple[object, ...]] = set()

    def descend(
        top: tuple[Loop, ...], left: dict[str, int], runs: tuple[tuple[str, int], ...], going: int
    ) -> None:
        """Add loops below ``top``.

        ``runs`` has kind and length per operand, ``going`` a bit where one goes on.
        """
        if not going or len(left) <= 1:
            loops = _joined((*sorted(left.items(), key=lowest_first), *reversed(top)))
            # A lowest loop that is idle to a cut below sinks under it: that looks different from
            # there.
            sinking = tuple(
                _kind(layer, OPERANDS[op], loops[0][0]) == "idle" for op in sorted(resting_on)
            )
            orders.setdefault((*_signature(loops, kinds, len(operands)), sinking), loops)
            return
        # Which loops are left and how the runs stand decides all that can follow, whatever the
        # order so far.
        state = (*sorted(left.items()), runs, going)
        if state in seen or len(orders) > MOST_ARRANGEMENTS:
            return
        seen.add(state)
        for dim in sorted(left):
            kind = kinds[dim]
            still = sum(
                1 << at
                for at, (before, _) in enumerate(runs)
                if going >> at & 1 and before in ("", kind[at]) and kind[at] != "window"
            )
            for factor in _first_factors(left[dim]):
                rest = {**left, dim: left[dim] // factor}
                if rest[dim] == 1:
                    del rest[dim]
                longer = tuple(
                    (kind[at], run[1] * factor) if still >> at & 1 or not run[0] else run
                    for at, run in enumerate(runs)
                )
                descend((*top, (dim, factor)), rest, longer, still)

    descend((), dict(between), (("", 1),) * len(operands), (1 << len(operands)) - 1)
    # A relevant loop or a window directly below a cut leaves the whole period for its transfer.
    return sorted(
        orders.values(), key=lambda loops: (sum(k == "idle" for k in kinds[loops[-1][0]]), loops)
    )


def _first_factors(size: int) -> list[int]:
    """Factors of a loop that may stand at the top of a segment: every divisor but one."""
    divisors = [1]
    for prime, exponent in prime_factors(size):
        divisors = [low * prime**power for low in divisors for power in range(exponent + 1)]
    return sorted(divisor for divisor in divisors if divisor > 1)


def _kind(layer: Layer, operand: str, dim: str) -> str:
    """How a loop looks to an operand: ``held``, ``idle`` or part of a ``window``."""
    if operand == "I" and any(dim in (w.output_dim, w.filter_dim) for w in layer.windows):
        return "window"
    return "held" if dim in layer.relevant(operand) else "idle"


def _joined(loops: Sequence[Loop]) -> tuple[Loop, ...]:
    """Join neighbouring loops over the same dimension."""
    joined: list[Loop] = []
    for dim, factor in loops:
        if joined and joined[-1][0] == dim:
            joined[-1] = (dim, joined[-1][1] * factor)
        else:
            joined.append((dim, factor))
    return tuple(joined)


def _signature(
    loops: Sequence[Loop], kinds: Mapping[str, tuple[str, ...]], operands: int
) -> tuple[object, ...]:
    """Kind and length of the uppermost run, per operand."""
    seen = []
    for at in range(operands):
        kind, run = kinds[loops[-1][0]][at], 1
        for dim, factor in reversed(loops):
            if kinds[dim][at] != kind or kind == "window":
                break
            run *= factor
        seen.append((kind, run))
    return tuple(seen)
