"""Checks of what the caller asks for, before any work starts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.core.layer import Precision
from zigzag_imc.core.objective import Objective, Scope
from zigzag_imc.results.result import LimitsRecord


@dataclass(frozen=True, slots=True)
class MapOptions:
    """Options of a search over a network.

    The parameters of `zigzag_imc.library.mapping.map_network` of the same names.
    """

    objective: Objective = "edp"
    scope: Scope = "layer"
    jobs: int | None = None
    time_limit: float | None = None
    total_time_limit: float | None = None
    gap: float = 0.0
    pareto: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        one_of("objective", self.objective, get_args(Objective))
        one_of("scope", self.scope, get_args(Scope))
        if self.jobs is not None and (not _is_whole(self.jobs) or self.jobs < 1):
            raise OptionError(f"jobs: found {self.jobs!r}, expected a whole number, at least 1")
        for name in ("time_limit", "total_time_limit"):
            value = getattr(self, name)
            if value is not None and not (_is_number(value) and value > 0):
                raise OptionError(f"{name}: found {value!r}, expected a number of seconds above 0")
        if not (_is_number(self.gap) and 0 <= self.gap < 1):
            raise OptionError(
                f"gap: found {self.gap!r}, expected a number from 0 to below 1, such as 0.01 for 1 %"
            )
        if not _is_whole(self.seed) or not 0 <= self.seed < 2**31:
            raise OptionError(
                f"seed: found {self.seed!r}, expected a whole number from 0 to 2147483647"
            )

    @property
    def network_edp(self) -> bool:
        """Whether the layers are chosen together.

        A product of sums, the only objective that is no sum over layers.
        """
        return self.scope == "network" and self.objective == "edp"

    @property
    def limits(self) -> LimitsRecord:
        """Record of when the search was to stop short of a proof."""
        return LimitsRecord(
            time_limit_s=self.time_limit, total_time_limit_s=self.total_time_limit, gap=self.gap
        )


def one_of(name: str, found: object, valid: Sequence[str]) -> None:
    """Raise `OptionError` unless ``found`` is one of the valid words."""
    if found not in valid:
        raise OptionError(
            f"{name}: found {found!r}, expected one of {', '.join(valid)}{nearest(str(found), valid)}"
        )


def parse_precision(text: str) -> Precision:
    """Return the precision that text such as ``W=4,I=8,O=16,O_final=8`` says.

    What is left out keeps its default.

    Raises
    ------
    OptionError
        When a name is unknown or given twice, or a number of bits is not a whole number.
    """
    valid = ("W", "I", "O", "O_final")
    bits: dict[str, int] = {}
    for part in text.split(","):
        name, separator, number = (piece.strip() for piece in part.partition("="))
        if name not in valid:
            raise OptionError(
                f"precision: found {part.strip()!r}, expected {', '.join(valid)} as in W=8,I=8,O=16,O_final=8"
                f"{nearest(name, valid) if separator else ''}"
            )
        if name in bits:
            raise OptionError(f"precision: {name} is given twice")
        if not number.isdecimal() or not 1 <= int(number) <= 1024:
            raise OptionError(
                f"precision: {name}: found {number!r}, expected a whole number of bits, at least 1"
            )
        bits[name] = int(number)
    return Precision(**bits)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
