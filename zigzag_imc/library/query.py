"""What a caller asks for, as one frozen object, checked before any work starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, get_args

from zigzag_imc.core.arguments import (
    as_number,
    callback,
    flag,
    instance,
    is_number,
    is_whole,
    shown,
    text,
    texts,
    whole,
)
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.constraint_rules import (
    ConstraintRules,
    ConstraintWish,
    constraint_rules_of,
)
from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.core.objective import KeepingRule, Method, Objective, OrderRule, Scope
from zigzag_imc.core.precision_rules import PrecisionRules, PrecisionWish, rules_of
from zigzag_imc.core.space import Space
from zigzag_imc.core.stored_operand import Storing
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
        Bits per element, of all layers, or by their names and patterns of these, as
        `zigzag_imc.core.precision_rules.rules_of` reads them; `PrecisionRules` once checked. What
        nobody says is the model's own, else the array's. Networks that were read before only take
        what is said of named layers.
    constraints
        What mappings have to keep, of all layers or by name, pattern or operator type, as
        `zigzag_imc.core.constraint_rules.constraint_rules_of` reads it; `ConstraintRules` once
        checked.
    stored
        Which operand of a product of two activations is written into the array: ``first`` or
        ``second``, in the order of the graph, or the ``best``.
    layers
        Names of the layers that are asked about, or patterns such as ``conv*``; all by default.
    jobs
        Searches side by side; as many as there are cores by default.
    time_limit, total_time_limit
        Seconds for each search, and for all; ``None`` for no limit.
    gap
        Certified relative gap, from 0 to below 1, at which a search may stop.
    pareto
        Whether the energy-latency front of every layer is asked for, too; with ``locality``, the
        corners of that of the network.
    method
        How optima are proved: ``auto`` by presolve and CP-SAT, ``cp-sat`` by the joint model alone,
        which knows no fronts so far.
    seed
        Seed of the solver, or of what an engine draws.
    space
        Which mappings a search chooses from; by default all that the cost model knows, but only
        tiles that divide with the method ``cp-sat``, and where `needs_fronts` says so.
    locality
        What stays on chip between layers: ``none``; the ``best``, which is a choice for the
        network as a whole; or what ZigZag's greedy rule keeps: ``zigzag``.
    keep_ends
        Whether inputs and results of the network may stay on chip, too.
    inferences
        For how many inferences weights that fit into a memory, of all layers, are loaded once.
    order
        Order of the layers, where tensors stay on chip between them: that of the ``graph``, or the
        ``best``, chosen together with what stays.
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
    precision: PrecisionWish | None = None
    constraints: ConstraintWish | None = None
    stored: Storing = "best"
    layers: str | Sequence[str] | None = None
    jobs: int | None = None
    time_limit: float | None = None
    total_time_limit: float | None = None
    gap: float = 0.0
    pareto: bool = False
    method: Method = "auto"
    seed: int = 0
    space: Space | None = None
    locality: KeepingRule = "none"
    keep_ends: bool = False
    inferences: int = 1
    order: OrderRule = "graph"
    progress: ProgressCallback | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        one_of("objective", self.objective, get_args(Objective))
        one_of("scope", self.scope, get_args(Scope))
        one_of("stored", self.stored, get_args(Storing))
        one_of("method", self.method, get_args(Method))
        one_of("locality", self.locality, get_args(KeepingRule))
        one_of("order", self.order, get_args(OrderRule))
        self._check_locality()
        if self.method == "cp-sat" and (self.pareto or self.is_network_edp):
            raise OptionError("method: cp-sat alone knows no fronts so far; expected auto")
        self._check_tile_sizes()
        text("cost_model", self.cost_model, "the name of a cost model")
        checked = {
            "batch": None if self.batch is None else whole("batch", self.batch),
            "precision": rules_of(self.precision),
            "constraints": constraint_rules_of(self.constraints),
            "layers": _layer_names(self.layers),
            "jobs": None if self.jobs is None else whole("jobs", self.jobs),
            "time_limit": _seconds("time_limit", self.time_limit),
            "total_time_limit": _seconds("total_time_limit", self.total_time_limit),
            "gap": _gap(self.gap),
            "pareto": flag("pareto", self.pareto),
            "seed": _seed(self.seed),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if self.space is not None:
            instance(
                "space", self.space, Space, "a Space, such as Space('divisors', diagonals=True)"
            )
        callback("progress", self.progress)

    @property
    def _is_constrained(self) -> bool:
        """Whether mappings have to keep anything beside the limits of the hardware."""
        return constraint_rules_of(self.constraints) != ConstraintRules()

    def _check_locality(self) -> None:
        """Refuse what is no question about a network whose tensors may stay on chip.

        The choice of them is one for the network as a whole, and so is its objective.
        """
        object.__setattr__(self, "keep_ends", flag("keep_ends", self.keep_ends))
        object.__setattr__(self, "inferences", whole("inferences", self.inferences))
        if self.order == "best" and self.locality != "best":
            raise OptionError(
                f"order: found best with locality={self.locality!r}, where the order of layers "
                "makes no difference or is the rule's own; expected locality='best'"
            )
        if self.locality == "none":
            if self.keep_ends:
                raise OptionError("keep_ends: found without locality, expected locality='best'")
            if self.inferences > 1:
                raise OptionError("inferences: found without locality, expected locality='best'")
            return
        if self.inferences > 1 and self.locality == "zigzag":
            raise OptionError(
                "inferences: found with locality='zigzag', whose rule keeps no weights; expected "
                "locality='best'"
            )
        if self.inferences > 1 and self.profile.array_bits:
            raise OptionError(
                f"inferences: found {self.inferences} under the cost model {self.cost_model}, "
                "which knows no weights that stay; expected 1, or another cost model"
            )
        object.__setattr__(self, "scope", "network")
        if self.layers:
            raise OptionError(
                "layers: found with locality; what stays on chip beside one layer depends on all "
                "others, expected all layers (and explain the layer of the result)"
            )

    def _check_tile_sizes(self) -> None:
        """Refuse what is not known of tiles of any size."""
        if not isinstance(self.space, Space) or self.space.tile_sizes == "divisors":
            return
        if self.cost_model == "zigzag":
            raise OptionError(
                "tile_sizes: tiles divide under the cost model zigzag; expected divisors"
            )

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
    def mapspace(self) -> Space:
        """Which mappings a search chooses from.

        Raises
        ------
        OptionError
            When there is no cost model of the name.
        """
        from zigzag_imc.models.profile import default_space

        if self.space is not None:
            return self.space
        every = default_space(self.profile)
        is_long = self.method == "cp-sat" or self.needs_fronts
        return replace(every, tile_sizes="divisors") if is_long else every

    @property
    def needs_fronts(self) -> bool:
        """Whether the fronts of layers are asked for, or what is chosen among them."""
        return self.pareto or (self.objective == "edp" and self.scope == "network")

    @property
    def precision_rules(self) -> PrecisionRules:
        """What is asked about the precision of layers."""
        return rules_of(self.precision)

    @property
    def constraint_rules(self) -> ConstraintRules:
        """What mappings have to keep."""
        return constraint_rules_of(self.constraints)

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

        return SearchOptions(
            time_limit_s=self.time_limit,
            gap=self.gap,
            seed=self.seed,
            space=self.mapspace,
            method=self.method,
        )

    def total_budget(self) -> Budget:
        """Start the clock of all searches together."""
        return Budget.of(self.total_time_limit)


def _layer_names(found: object) -> tuple[str, ...] | None:
    if found is None:
        return None
    return texts("layers", found, "names of layers")


def _seconds(name: str, found: object) -> float | None:
    if found is None:
        return None
    if not (is_number(found) and found > 0):
        raise OptionError(f"{name}: found {shown(found)}, expected a number of seconds above 0")
    return as_number(found)


def _gap(found: object) -> float:
    if not (is_number(found) and 0 <= found < 1):
        raise OptionError(
            f"gap: found {shown(found)}, expected a number from 0 to below 1, such as 0.01 for 1 %"
        )
    return as_number(found)


def _seed(found: object) -> int:
    if not (is_whole(found) and 0 <= int(found) < 2**31):
        raise OptionError(
            f"seed: found {shown(found)}, expected a whole number from 0 to 2147483647"
        )
    return int(found)


def one_of(name: str, found: object, valid: Sequence[str]) -> None:
    """Raise `OptionError` unless ``found`` is one of the valid words."""
    if not isinstance(found, str) or found not in valid:
        near = nearest(found, valid) if isinstance(found, str) else ""
        raise OptionError(f"{name}: found {shown(found)}, expected one of {', '.join(valid)}{near}")
