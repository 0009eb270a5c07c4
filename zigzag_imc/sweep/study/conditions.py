"""Conditions between parameters, such as ``rows <= 4 * columns``.

Numbers, names, arithmetic, comparisons, ``and``, ``or`` and ``not``; nothing is called, nothing
else is looked up, so that a study file from anybody may be read.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.sweep.study.values import Value

LONGEST_CONDITION = 500
"""Characters of the longest condition that is read."""

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_EXPECTED = "a comparison of names, numbers and quoted texts, such as 'rows <= 4 * columns'"

_ONE_EQUALS = re.compile(r"\s*([\w.]+)\s*=\s*(['\"]?)([\w.+-]+)\2\s*")
"""A comparison with ``=`` in the place of ``==``."""


@dataclass(frozen=True)
class Condition:
    """A condition between parameters.

    Attributes
    ----------
    text
        As it is written.
    tree
        Its parts.
    """

    text: str
    tree: ast.expr

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters that it speaks of, each once."""
        return tuple(dict.fromkeys(_names(self.tree)))

    def check_names(self, known: Mapping[str, object]) -> None:
        """Refuse a condition of a parameter that there is not.

        Raises
        ------
        OptionError
            With the nearest name.
        """
        for name in self.names:
            if name not in known:
                raise OptionError(
                    f"where: {self.text!r}: found {name!r}, expected one of "
                    f"{', '.join(known)}{nearest(name, known)}"
                )

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Whether it holds of some values of the parameters.

        Raises
        ------
        OptionError
            When the values cannot be computed with: a text is added, or a number divided by 0.
        """
        try:
            return bool(_value(self.tree, values))
        except (TypeError, ZeroDivisionError, OverflowError) as error:
            raise OptionError(f"where: {self.text!r}: {error}") from None


def condition_of(text: str) -> Condition:
    """Read a condition.

    Raises
    ------
    OptionError
        When it is none: what was found, and what would be valid.
    """
    if len(text) > LONGEST_CONDITION:
        raise OptionError(f"where: found {len(text):,} characters, expected {_EXPECTED}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise OptionError(f"where: found {text!r}, expected {_EXPECTED}{_meant(text)}") from None
    _check(tree, text)
    return Condition(text, tree)


def _meant(text: str) -> str:
    """Return the working form of a comparison with a single ``=``; nothing of other texts."""
    found = _ONE_EQUALS.fullmatch(text)
    if found is None:
        return ""
    name, quote, value = found.groups()
    is_number = not quote and _is_number(value)
    return f"; did you mean {name} == {value if is_number else repr(value)}?"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check(tree: ast.expr, text: str) -> None:
    """Refuse what is no part of a condition."""
    for part in ast.walk(tree):
        if not _is_known(part):
            found = type(part).__name__.lower()
            raise OptionError(f"where: found {text!r} with a {found}, expected {_EXPECTED}")


def _is_known(part: ast.AST) -> bool:
    if isinstance(part, ast.Constant):
        return isinstance(part.value, int | float | str)
    if isinstance(part, ast.Attribute):
        return isinstance(part.value, ast.Attribute | ast.Name)
    if isinstance(part, ast.operator | ast.cmpop):
        return type(part) in _ARITHMETIC or type(part) in _COMPARISONS
    return isinstance(
        part,
        ast.BoolOp
        | ast.And
        | ast.Or
        | ast.UnaryOp
        | ast.Not
        | ast.USub
        | ast.BinOp
        | ast.Compare
        | ast.Name
        | ast.Load,
    )


def _names(part: ast.AST) -> list[str]:
    """Names in a part; of a path such as ``memories.sram.size``, the whole of it."""
    if isinstance(part, ast.Name | ast.Attribute):
        return [ast.unparse(part)]
    return [name for child in ast.iter_child_nodes(part) for name in _names(child)]


def _value(part: ast.expr, values: Mapping[str, Value]) -> Any:
    match part:
        case ast.Constant(value=value):
            return value
        case ast.Name() | ast.Attribute():
            return values[ast.unparse(part)]
        case ast.BinOp(left=left, op=op, right=right):
            return _ARITHMETIC[type(op)](_value(left, values), _value(right, values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, values)
        case ast.UnaryOp(operand=operand):
            return -_value(operand, values)
        case ast.BoolOp(op=op, values=parts):
            decided = all if isinstance(op, ast.And) else any
            return decided(_value(one, values) for one in parts)
        case ast.Compare(left=left, ops=ops, comparators=others):
            return _compared([left, *others], ops, values)
    raise AssertionError("a condition is checked when it is read")


def _compared(parts: list[ast.expr], ops: list[ast.cmpop], values: Mapping[str, Value]) -> bool:
    """Whether a chain such as ``8 <= rows < 64`` holds."""
    found = [_value(part, values) for part in parts]
    pairs = zip(found, ops, found[1:], strict=False)
    return all(_COMPARISONS[type(op)](left, right) for left, op, right in pairs)
