"""The one family of errors a user of zigzag-imc can meet, and the wording they share."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ZigzagImcError(Exception):
    """Root of every error that a wrong input can cause; the message is one line for a person."""


class WorkloadError(ZigzagImcError):
    """A neural network that cannot be read or whose layers cannot be mapped."""


class AcceleratorError(ZigzagImcError):
    """An accelerator description that is not usable."""


class MappingError(ZigzagImcError):
    """A mapping that is not legal for its layer and accelerator."""


class ResultError(ZigzagImcError):
    """A result or mapping file that cannot be read."""


class OptionError(ZigzagImcError):
    """A command-line flag or function argument out of its range."""


class UnknownLayerError(OptionError, KeyError):
    """The name of a layer that is not there."""

    def __str__(self) -> str:
        return Exception.__str__(self)  # a KeyError would put the message in quotes


def some_of(valid: Iterable[str], most: int = 6) -> str:
    """Return the first few valid words, and how many more there are: a message is to stay short."""
    words = list(valid)
    rest = len(words) - most
    return ", ".join(words) if rest < 2 else f"{', '.join(words[:most])} and {rest} more"


def nearest(found: str, valid: Iterable[str]) -> str:
    """Return ``' (did you mean X?)'`` for the closest valid spelling, or an empty string."""
    by_folded = {option.casefold(): option for option in valid}
    close = difflib.get_close_matches(found.casefold(), list(by_folded), n=1, cutoff=0.5)
    return f" (did you mean {by_folded[close[0]]!r}?)" if close else ""
