"""Bits per element of the layers of a network: of all, of those that match a pattern, of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from zigzag_imc.core.arguments import shown
from zigzag_imc.core.bits import NOTHING_SAID, Bits
from zigzag_imc.core.errors import OptionError, nearest, some_of
from zigzag_imc.core.patterns import matches
from zigzag_imc.core.precision import Precision
from zigzag_imc.core.precision_text import bits_of

Wish = Precision | Bits | str | Mapping[str, int]
"""Bits as a caller may write them for one layer."""


@dataclass(frozen=True, slots=True)
class PrecisionRules:
    """What a caller wants of the precision of layers.

    The name of a layer wins over a pattern, a pattern over what is said of all layers, and what is
    said last over what is said before; bits that nobody speaks of keep what they are.

    Attributes
    ----------
    all_layers
        Bits of every layer of a network that is read, as far as they are said.
    named
        Bits of the layers with a name, or with one that matches a pattern (``*`` stands for any
        text, ``?`` for a character), in the order in which they were said.
    """

    all_layers: Bits = NOTHING_SAID
    named: tuple[tuple[str, Bits], ...] = ()

    def of(self, name: str) -> Bits:
        """Return what is said of a layer by its name and by patterns."""
        ours = [bits for about, bits in self.named if about == name]
        patterns = [bits for about, bits in self.named if about != name and matches(about, name)]
        said = NOTHING_SAID
        for bits in (*patterns, *ours):
            said = bits.or_else(said)
        return said

    def check(self, network: str, names: Collection[str]) -> None:
        """Refuse rules that speak of no layer.

        Raises
        ------
        OptionError
            With the nearest name of a layer.
        """
        for pattern, _ in self.named:
            if not any(pattern == name or matches(pattern, name) for name in names):
                hint = nearest(pattern.strip("*?"), names) or f", which has {some_of(names, 4)}"
                raise OptionError(
                    f"precision: {pattern!r} matches no layer of network {network!r}{hint}"
                )


PrecisionWish = PrecisionRules | Wish | Mapping[str, int | Wish] | Sequence[str]
"""Bits as a caller may write them for a network, by the names or patterns of layers."""


def rules_of(found: object) -> PrecisionRules:
    """Return the rules that a caller means.

    A precision as for one layer, or `Bits` of some operands; a text such as ``conv*:W=4,I=4``, or
    a list of such texts; or a dict with names or patterns of layers, too, such as
    ``{"W": 8, "conv*": {"W": 4}}``. ``None`` says nothing.

    Raises
    ------
    OptionError
        When it is none of these, or bits are wrong.
    """
    if isinstance(found, PrecisionRules):
        return found
    if found is None:
        return PrecisionRules()
    if isinstance(found, str):
        return _together([_parsed(found)])
    if isinstance(found, list | tuple):
        return _together(_parsed(one) for one in found)
    if isinstance(found, Mapping):
        return _from_mapping(found)
    return PrecisionRules(all_layers=_bits(found))


def _from_mapping(found: Mapping[object, object]) -> PrecisionRules:
    """Read a dict; what is itself a dict, a text with ``=`` or a precision is about some layers."""
    general = {key: value for key, value in found.items() if not _is_about_layers(value)}
    special = [(key, value) for key, value in found.items() if _is_about_layers(value)]
    for key, _ in special:
        if not isinstance(key, str):
            raise OptionError(
                f"precision: found {shown(key)}, expected the name or pattern of a layer"
            )
    return _together(
        [(None, _bits(general)), *((str(key), _bits(value)) for key, value in special)]
    )


def _is_about_layers(value: object) -> bool:
    return isinstance(value, Mapping | Precision | Bits) or (
        isinstance(value, str) and "=" in value
    )


def _parsed(text: object) -> tuple[str | None, Bits]:
    """Return the layers that a text is about, none for all, and the bits."""
    if not isinstance(text, str):
        raise OptionError(
            f"precision: found {shown(text)}, expected a text such as 'W=4' or 'conv*:W=4'"
        )
    pattern, colon, bits = text.rpartition(":")
    if colon and not pattern:
        raise OptionError(
            f"precision: found {text!r}, expected the name or pattern of a layer before the colon"
        )
    return (pattern if colon else None), _bits(bits)


def _bits(found: object) -> Bits:
    if isinstance(found, Bits):
        return found
    return Bits.of(found) if isinstance(found, Precision) else Bits(**bits_of(found))


def _together(said: Iterable[tuple[str | None, Bits]]) -> PrecisionRules:
    """Put together what was said, one after the other."""
    rules = list(said)
    all_layers = NOTHING_SAID
    for about, bits in rules:
        if about is None:
            all_layers = bits.or_else(all_layers)
    return PrecisionRules(all_layers, tuple((about, bits) for about, bits in rules if about))
