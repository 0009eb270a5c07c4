"""Fixed loops over tiles of any lengths: what constraints ask of the order of the temporal loops.

Every loop that is fixed at either end leads to a tile that each allowed order passes through: a
further link of the chain, at which nothing is cut, whose length along every dimension is one of a
few. Where every loop over ``d`` is outside all over ``e``, no tile has any of ``d`` before all of
``e``:

``length[c,d] = 1  or  length[c,e] = T[e]``     for every cut and every such link ``c``
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

from ortools.sat.python import cp_model

from zigzag_imc.models.mapspace.constraints.short_ends import Ends, ShortRules
from zigzag_imc.solver.formulation.length_chain import Lengths, add_divides


def add_length_order(
    rules: ShortRules, model: cp_model.CpModel, at_cuts: Iterable[Lengths]
) -> None:
    """Let the tiles at all cuts lie below some place of an order that is asked for."""
    links = list(at_cuts)
    for number, fixed in enumerate(rules.ends):
        passed = list(_passed(rules.sizes, fixed, model, f"passed{number}."))
        for link, other in itertools.product(passed, links):
            _add_nested(rules.sizes, model, link, other)
        links += passed  # those of one constraint are nested by themselves
    for link, (outer, inner) in itertools.product(links, sorted(rules.pairs)):
        is_done = model.new_bool_var("")
        model.add(link[outer] == 1).only_enforce_if(is_done.negated())
        model.add(link[inner] == rules.sizes[inner]).only_enforce_if(is_done)


def _passed(
    sizes: Mapping[str, int], fixed: tuple[Ends, ...], model: cp_model.CpModel, name: str
) -> Iterator[Lengths]:
    """Create the tiles after each of a constraint's loops."""
    of_dim: dict[str, list[cp_model.IntVar]] = {}
    for own in fixed:
        if not own.choices:
            model.add_bool_or([])  # there is no such loop
        elif own.dim in sizes:
            domains = [
                cp_model.Domain.from_values(sorted(set(all_)))
                for all_ in zip(*own.choices, strict=True)
            ]
            of_dim[own.dim] = [
                model.new_int_var_from_domain(domain, f"{name}{place}{own.dim}")
                for place, domain in enumerate(domains)
            ]
            model.add_allowed_assignments(of_dim[own.dim], list(map(list, own.choices)))
    if len(of_dim) == len(sizes):
        for at_once in zip(*of_dim.values(), strict=True):
            yield dict(zip(of_dim, at_once, strict=True))


def _add_nested(
    sizes: Mapping[str, int], model: cp_model.CpModel, one: Lengths, other: Lengths
) -> None:
    """Let one of two tiles be inside the other."""
    is_inside = model.new_bool_var("")
    for dim, size in sizes.items():
        add_divides(model, (one[dim], other[dim]), size, is_inside)
        add_divides(model, (other[dim], one[dim]), size, is_inside.negated())
