"""What constraints ask of the order of the loops where the last step of a dimension may be short.

Loops fixed at the inner end pass through tiles of known lengths, as in `loop_order`. Those fixed at
the outer end need not: an outermost loop of four steps leaves any length of which ``T_d`` takes
four, the last one shorter. Each such length gives rules of its own; an order is allowed where it
keeps one of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from zigzag_imc.core.constraints import Constraints, FixedLoop, InnerLoops, LoopOrder, OuterLoops
from zigzag_imc.core.mapping import Loop
from zigzag_imc.models.mapspace.constraints.loop_order import LoopRules
from zigzag_imc.models.mapspace.factors import divisors
from zigzag_imc.models.movement.words import ceil_div

Fits = Callable[[str, int], bool]
"""Whether a tile of a length along a dimension is worth a look."""


@dataclass(frozen=True)
class Ends:
    """The loops of one dimension that a constraint fixes at one end, among the loops of others.

    Attributes
    ----------
    dim
        The dimension.
    choices
        Lengths of its tile after each of the constraint's loops, from the first told on: one entry
        per loop of the constraint, over whatever dimension. Any one of the choices is asked for.
    """

    dim: str
    choices: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class ShortRules:
    """What is asked of the order of the loops that a spatial mapping leaves.

    Attributes
    ----------
    sizes
        ``T_d`` per dimension.
    ends
        Per constraint that fixes loops: its dimensions.
    pairs
        Dimensions of which every loop over the first is outside all loops over the second.
    """

    sizes: Mapping[str, int]
    ends: tuple[tuple[Ends, ...], ...]
    pairs: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, constraints: Constraints, sizes: Mapping[str, int]) -> ShortRules:
        """Read what constraints ask of loops of some sizes."""
        fixed = [one for one in constraints if isinstance(one, InnerLoops | OuterLoops)]
        pairs = frozenset[tuple[str, str]]().union(
            *(one.pairs for one in constraints if isinstance(one, LoopOrder))
        )
        present = {dim for dim, size in sizes.items() if size > 1}
        return cls(
            sizes,
            tuple(tuple(_ends_of(one, sizes)) for one in fixed),
            frozenset(pair for pair in pairs if present.issuperset(pair)),
        )

    @property
    def free(self) -> bool:
        """Whether every order is allowed."""
        return not self.ends and not self.pairs

    def alternatives(self, fits: Fits) -> Iterator[LoopRules]:
        """Yield the rules of every choice of lengths; an order keeps one of them, or is forbidden.

        Left out are lengths that do not fit; those of one and of all of a dimension always do.
        """
        of_dims = list(itertools.chain.from_iterable(self.ends))
        choices = [
            [lengths for lengths in own.choices if all(self._fits(own.dim, lengths, fits))]
            for own in of_dims
        ]
        for chosen in itertools.product(*choices):
            lengths = iter(chosen)
            milestones: list[Mapping[str, int]] = []
            for ends in self.ends:
                milestones += self._milestones({own.dim: next(lengths) for own in ends})
            rules = LoopRules.through(self.sizes, tuple(milestones), self.pairs)
            if rules.possible:
                yield rules

    def allows(self, loops: tuple[Loop, ...]) -> bool:
        """Whether an order of loops, innermost first, keeps all that is asked."""
        met: set[tuple[str, int]] = set()
        inside = dict.fromkeys(self.sizes, 1)
        for dim, steps in loops:
            met |= {(dim, inside[dim] * part) for part in divisors(steps)}
            inside[dim] *= steps
        of_lengths_met = self.alternatives(lambda dim, size: (dim, size) in met)
        return any(rules.allows(loops) for rules in of_lengths_met)

    def _fits(self, dim: str, lengths: tuple[int, ...], fits: Fits) -> Iterator[bool]:
        """Whether each of some lengths fits."""
        return (size in (1, self.sizes.get(dim, 1)) or fits(dim, size) for size in lengths)

    def _milestones(self, lengths: Mapping[str, tuple[int, ...]]) -> Iterator[Mapping[str, int]]:
        """Yield the tiles after each loop of a constraint, dimensions above one."""
        for at_once in zip(*lengths.values(), strict=True):
            tile = dict(zip(lengths, at_once, strict=True))
            yield {dim: size for dim, size in tile.items() if size > 1}


def _ends_of(one: InnerLoops | OuterLoops, sizes: Mapping[str, int]) -> Iterator[Ends]:
    """Yield what a constraint fixes of every dimension, of those that it does not name as well."""
    for dim in dict.fromkeys((*sizes, *(dim for dim, _ in one.loops))):
        size = sizes.get(dim, 1)
        if isinstance(one, InnerLoops):
            choices = _from_inside(dim, size, one.loops)
        else:
            choices = _from_outside(dim, size, one.loops)
        yield Ends(dim, tuple(choices))


def _from_inside(dim: str, size: int, loops: tuple[FixedLoop, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the lengths of a dimension's tile after each of the innermost loops.

    None where some loop has more steps than there are.
    """
    inside, found = 1, []
    for other, asked in loops:
        if other == dim:
            left = ceil_div(size, inside)
            steps = left if asked is None else asked
            if steps > left:
                return
            inside = min(inside * steps, size)  # the last of all steps may be shorter
        found.append(inside)
    yield tuple(found)


def _from_outside(dim: str, size: int, loops: tuple[FixedLoop, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the lengths of a dimension's tile below each of the outermost loops."""
    chains: list[tuple[int, ...]] = [()]
    for other, asked in loops:
        steps = asked if other == dim else 1
        chains = [
            (*chain, length)
            for chain in chains
            for length in _lengths_below(chain[-1] if chain else size, size, steps)
        ]
    yield from chains


def _lengths_below(length: int, size: int, steps: int | None) -> Iterable[int]:
    """Return the lengths of the tile below a loop of so many steps over a length.

    ``None`` are all steps that are left.
    """
    if steps is None:
        return (1,)
    if steps == 1:
        return (length,)
    if length < size:
        return () if length % steps else (length // steps,)
    return range(ceil_div(size, steps), ceil_div(size, steps - 1))  # the last one may be shorter
