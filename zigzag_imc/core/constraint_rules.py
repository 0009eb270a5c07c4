"""Which layers constraints are about: all, those of a name or pattern, those of an operator."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from zigzag_imc.core.arguments import shown
from zigzag_imc.core.constraint_text import parse_constraint
from zigzag_imc.core.constraints import Constraint, Constraints
from zigzag_imc.core.errors import OptionError, nearest, some_of
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.patterns import matches


@dataclass(frozen=True, slots=True)
class Rule:
    """A constraint, and the layers that it is about.

    Attributes
    ----------
    about
        Name or pattern of layers, or their operator type; ``None`` for all layers.
    constraint
        What their mappings have to keep.
    unless
        Names and operator types of which others are told something in its place: a layer of such a
        name is none of them, nor, where it is about all layers, one of such a type.
    """

    about: str | None
    constraint: Constraint
    unless: tuple[str, ...] = ()

    def is_about(self, layer: Layer) -> bool:
        """Whether it is about a layer."""
        if self.about is None:
            return not any(_is_meant(other, layer) for other in self.unless)
        is_told_itself = layer.name in self.unless and layer.name != self.about
        return _is_meant(self.about, layer) and not is_told_itself


@dataclass(frozen=True, slots=True)
class ConstraintRules:
    """Constraints, and the layers that each is about.

    All that are about a layer hold together.

    Attributes
    ----------
    rules
        As many as there are constraints.
    """

    rules: tuple[Rule, ...] = ()

    def of(self, layer: Layer) -> Constraints:
        """Return what is said of a layer, nothing twice."""
        return tuple(dict.fromkeys(one.constraint for one in self.rules if one.is_about(layer)))

    def and_also(self, more: ConstraintRules) -> ConstraintRules:
        """Return these rules and others."""
        return replace(self, rules=(*self.rules, *more.rules))

    def check(self, network: str, layers: Collection[Layer]) -> None:
        """Refuse rules that speak of no layer.

        Raises
        ------
        OptionError
            With the nearest name of a layer.
        """
        for about in dict.fromkeys(one.about for one in self.rules if one.about is not None):
            if not any(_is_meant(about, layer) for layer in layers):
                names = [layer.name for layer in layers]
                near = nearest(about.strip("*?"), [*names, *(layer.operator for layer in layers)])
                hint = near or f", which has {some_of(names, 4)}"
                raise OptionError(
                    f"constraint: {about!r} matches no layer of network {network!r}{hint}"
                )


ConstraintWish = (
    ConstraintRules | Constraint | str | Sequence[Constraint | str] | Mapping[str, object]
)
"""Constraints as a caller may write them."""


def constraint_rules_of(found: object) -> ConstraintRules:
    """Return the rules that a caller means.

    A constraint or its text, which may have the name or pattern of layers, or their operator type,
    before a colon, such as ``conv*: order K > C``; a list of such; or a dict of these by names,
    patterns or operator types. ``None`` says nothing.

    Raises
    ------
    OptionError
        When it is none of these.
    """
    if found is None:
        return ConstraintRules()
    if isinstance(found, ConstraintRules):
        return found
    return ConstraintRules(tuple(Rule(about, one) for about, one in _rules(found)))


def _rules(found: object) -> Iterable[tuple[str | None, Constraint]]:
    """Read constraints with the layers that they are about."""
    if isinstance(found, Mapping):
        for about, said in found.items():
            if not isinstance(about, str) or not about:
                raise OptionError(
                    f"constraint: found {shown(about)}, expected the name or pattern of a layer"
                )
            yield from ((about, one) for one in _constraints(said))
    elif isinstance(found, list | tuple | frozenset | set):
        for one in found:
            yield from _rules(one)
    elif isinstance(found, str):
        yield _parsed(found)
    else:
        yield from ((None, one) for one in _constraints(found))


def _constraints(said: object) -> Iterable[Constraint]:
    """Read one constraint or several, of layers that are known."""
    if isinstance(said, list | tuple):
        for one in said:
            yield from _constraints(one)
    elif isinstance(said, get_args(Constraint)):
        yield parse_constraint(str(said))  # which refuses sizes and names that no text could have
    else:
        yield parse_constraint(said)


def _parsed(text: str) -> tuple[str | None, Constraint]:
    """Return the layers that a text is about, none for all, and the constraint."""
    about, colon, said = text.rpartition(":")
    if colon and not about.strip():
        raise OptionError(
            f"constraint: found {text!r}, expected the name or pattern of a layer before the colon"
        )
    return (about.strip() if colon else None), parse_constraint(said)


def _is_meant(about: str, layer: Layer) -> bool:
    """Whether a name, a pattern or an operator type is that of a layer."""
    return about == layer.operator or matches(about, layer.name)
