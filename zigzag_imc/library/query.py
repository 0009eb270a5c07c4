"""What a caller asks for, as one frozen object, checked before any work starts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeGuard, get_args

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.core.layer import Precision
from zigzag_imc.core.objective import Objective, Scope
from zigzag_imc.results.result import LimitsRecord

if TYPE_CHECKING:
    from zigzag_imc.models.profile import CostProfile
    from zigzag_imc.runs.run import ProgressCallback
    from zigzag_imc.solver.solution import SearchOptions

_MOST_BITS = 1024


@dataclass(frozen=True)
class Query:
    """What a caller asks for, checked before any work starts.

    Attributes
    ----------
    objective, scope
        What is made least, and of what: every layer for itself, or the network as a whole.
    cost_model
        Name of the cost profile.
    batch
        Batch size of a model that leaves it open.
    shapes, dims
        Sizes that a model leaves open: of an input by its name, and of a symbol.
    precision
        Bits per element of every layer; networks that were read before keep theirs.
    layers
        Names of the layers that are asked about; all by default.
    jobs
        Searches side by side; as many as there are cores by default.
    time_limit, total_time_limit
        Seconds for each search, and for all; ``None`` for no limit.
    gap
        Certified relative gap, from 0 to below 1, at which a search may stop.
    pareto
        Whether the energy-latency front of every layer is asked for, too.
    seed
        Seed of the solver, or of what an engine draws.
    progress
        Called with a `zigzag_imc.runs.run.Progress` whenever a search starts or ends.

    Raises
    ------
    OptionError
        When one of them is out of its range: its name, what was found, what would be valid.
    """

    objective: Objective = "edp"
    scope: Scope = "layer"
    cost_model: str = "imc"
    batch: int | None = None
    shapes: Mapping[str, Sequence[int]] | None = None
    dims: Mapping[str, int] | None = None
    precision: Precision = Precision()  # noqa: RUF009  (frozen)
    layers: str | Sequence[str] | None = None
    jobs: int | None = None
    time_limit: float | None = None
    total_time_limit: float | None = None
    gap: float = 0.0
    pareto: bool = False
    seed: int = 0
    progress: ProgressCallback | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        one_of("objective", self.objective, get_args(Objective))
        one_of("scope", self.scope, get_args(Scope))
        _check_jobs(self.jobs)
        _check_seconds("time_limit", self.time_limit)
        _check_seconds("total_time_limit", self.total_time_limit)
        _check_gap(self.gap)
        _check_seed(self.seed)

    @cached_property
    def profile(self) -> CostProfile:
        """The cost profile.

        Raises
        ------
        OptionError
            When there is none of the name.
        """
        from zigzag_imc.models.profile import profile_named

        return profile_named(self.cost_model)

    @property
    def is_network_edp(self) -> bool:
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

    @property
    def search_options(self) -> SearchOptions:
        """What each search is to know of it."""
        from zigzag_imc.solver.solution import SearchOptions

        return SearchOptions(time_limit_s=self.time_limit, gap=self.gap, seed=self.seed)

    def total_budget(self) -> Budget:
        """Start the clock of all searches together."""
        return Budget.of(self.total_time_limit)


def _check_jobs(jobs: object) -> None:
    if jobs is not None and not (_is_whole(jobs) and jobs >= 1):
        raise OptionError(f"jobs: found {jobs!r}, expected a whole number, at least 1")


def _check_seconds(name: str, seconds: object) -> None:
    if seconds is not None and not (_is_number(seconds) and seconds > 0):
        raise OptionError(f"{name}: found {seconds!r}, expected a number of seconds above 0")


def _check_gap(gap: object) -> None:
    if not (_is_number(gap) and 0 <= gap < 1):
        raise OptionError(
            f"gap: found {gap!r}, expected a number from 0 to below 1, such as 0.01 for 1 %"
        )


def _check_seed(seed: object) -> None:
    if not (_is_whole(seed) and 0 <= seed < 2**31):
        raise OptionError(f"seed: found {seed!r}, expected a whole number from 0 to 2147483647")


def one_of(name: str, found: object, valid: Sequence[str]) -> None:
    """Raise `OptionError` unless ``found`` is one of the valid words."""
    if found not in valid:
        raise OptionError(
            f"{name}: found {found!r}, expected one of "
            f"{', '.join(valid)}{nearest(str(found), valid)}"
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
                f"precision: found {part.strip()!r}, expected {', '.join(valid)} as in "
                "W=8,I=8,O=16,O_final=8"
                f"{nearest(name, valid) if separator else ''}"
            )
        if name in bits:
            raise OptionError(f"precision: {name} is given twice")
        is_number = number.isdecimal() and len(number) <= len(str(_MOST_BITS))
        if not is_number or not 1 <= int(number) <= _MOST_BITS:
            raise OptionError(
                f"precision: {name}: found {number!r}, expected a whole number of bits, at least 1 "
                f"and at most {_MOST_BITS}"
            )
        bits[name] = int(number)
    return Precision(**bits)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
