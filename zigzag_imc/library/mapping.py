"""Map a network, a layer, or a layer onto several accelerators; score given mappings."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraint_rules import ConstraintWish
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import KeepingRule, Method, Objective, OrderRule, Scope, Stopped
from zigzag_imc.core.precision_rules import PrecisionWish
from zigzag_imc.core.space import Space
from zigzag_imc.core.stored_operand import Storing
from zigzag_imc.library.query import Query
from zigzag_imc.results.result import LayerResult, NetworkResult

if TYPE_CHECKING:
    from onnx import ModelProto

    from zigzag_imc.onnx_workload.network import Network
    from zigzag_imc.runs.run import ProgressCallback


class MappingInterrupted(KeyboardInterrupt):
    """Ctrl-C during `map_network` or `search_network`; ``result`` has what was found by then."""

    def __init__(self, result: NetworkResult) -> None:
        super().__init__("interrupted")
        self.result = result


def map_network(  # noqa: PLR0913  (users name each of their choices)
    model: str | os.PathLike[str] | ModelProto | Network,
    accelerator: str | os.PathLike[str] | Accelerator,
    *,
    objective: Objective = "edp",
    scope: Scope = "layer",
    cost_model: str = "imc",
    batch: int | None = None,
    shapes: Mapping[str, Sequence[int]] | None = None,
    dims: Mapping[str, int] | None = None,
    precision: PrecisionWish | None = None,
    constraints: ConstraintWish | None = None,
    stored: Storing = "best",
    jobs: int | None = None,
    time_limit: float | None = None,
    total_time_limit: float | None = None,
    gap: float = 0.0,
    pareto: bool = False,
    method: Method = "auto",
    seed: int = 0,
    space: Space | None = None,
    layers: Sequence[str] | None = None,
    locality: KeepingRule = "none",
    keep_ends: bool = False,
    inferences: int = 1,
    order: OrderRule = "graph",
    progress: ProgressCallback | None = None,
) -> NetworkResult:
    """Find proven-optimal mappings of all layers of a network.

    Identical layers are searched once and counted.

    Parameters
    ----------
    model
        Path of an ONNX file, name of a shipped network, model in memory, or network that was read
        before.
    accelerator
        Path of a file in ZigZag's format, name of a preset, or accelerator.
    objective
        ``energy`` (pJ), ``latency`` (cycles) or ``edp`` (energy-delay product, pJ x cycles).
    scope
        ``layer``: every layer has its own least objective. ``network``: the objective of all layers
        together is least; this only differs for ``edp``, which is then total energy x total
        latency.
    cost_model
        Name of one of the `PROFILES`: ``imc``, ``zigzag`` or ``zigzag-imc``.
    batch
        Batch size of a model that leaves it open.
    shapes
        All sizes of an input that leaves some open, by its name, such as ``{"x": (1, 3, 32, 32)}``.
    dims
        The size that a symbol stands for, such as ``{"sequence": 128}``.
    precision
        Bits per element of every layer, such as ``"W=4"``, ``{"W": 4}`` or ``Precision(W=4)``.
        What is left out is the model's own where it has any, else the array's. Networks that were
        read before keep theirs. Layers may have other bits by name or pattern, such as
        ``{"W": 8, "conv*": {"W": 4}}`` or ``["W=8", "conv*:W=4"]``.
    constraints
        What mappings have to keep beside the limits of the hardware, such as
        ``"unroll K on D1 = 16"`` or a list of such texts or constraints; of some layers by name,
        pattern or operator type, such as ``["even", "conv*: order K > C"]`` or
        ``{"Conv": ["order K > C"]}``. Optima are within them.
    stored
        Which operand of a product of two activations is written into the array: the ``first`` or
        the ``second`` in the graph, or the ``best``, for which both are searched.
    jobs
        Layers searched side by side; as many as there are cores by default. The result does not
        depend on it.
    time_limit
        Seconds for each distinct layer; what is not proved by then is returned with its gap.
    total_time_limit
        Seconds for all layers together.
    gap
        Stop at this certified relative gap: 0.01 is one percent.
    pareto
        Also find the energy-latency front of every layer.
    method
        ``auto``: presolve, and CP-SAT for what it leaves. ``cp-sat``: one CP-SAT model of
        everything, without presolve; it knows no fronts so far.
    seed
        Seed of the solver.
    space
        Which mappings the search chooses from; by default all that the cost model knows, tiles that
        need not divide among them, but only tiles that divide with the method ``cp-sat`` and for
        fronts (``pareto``, and the energy-delay product of a network as a whole).
        ``Space("divisors", diagonals=True)`` leaves the others out, which is quicker.
    layers
        Names of the layers to map, or patterns such as ``conv*``; all by default.
    locality
        What stays on chip between layers: ``none``; the ``best``, chosen and proved for the network
        as a whole; or what the greedy rule of ``zigzag`` keeps (the scope is ``network`` then).
    keep_ends
        Whether inputs and results of the network may stay on chip, too.
    inferences
        With ``locality="best"``: for how many inferences weights are loaded once that stay in a
        memory.
    order
        With ``locality="best"``: order of the layers, that of the ``graph``, or the ``best``,
        chosen together with what stays.
    progress
        Called with a `Progress` whenever a search starts or ends.

    Returns
    -------
    NetworkResult
        A layer that fits nowhere is ``INFEASIBLE`` there, with the reason.

    Raises
    ------
    ZigzagImcError
        When an input is wrong.
    MappingInterrupted
        On Ctrl-C; carries the result so far.
    """
    from zigzag_imc.library.answers import map_subject
    from zigzag_imc.library.subject import Subject

    query = Query(
        objective=objective,
        scope=scope,
        cost_model=cost_model,
        batch=batch,
        shapes=shapes,
        dims=dims,
        precision=precision,
        constraints=constraints,
        stored=stored,
        layers=layers,
        jobs=jobs,
        time_limit=time_limit,
        total_time_limit=total_time_limit,
        gap=gap,
        pareto=pareto,
        method=method,
        seed=seed,
        space=space,
        locality=locality,
        keep_ends=keep_ends,
        inferences=inferences,
        order=order,
        progress=progress,
    )
    budget = query.total_budget()
    result = map_subject(Subject.of(model, accelerator, query), budget)
    if result.stopped == "interrupted":
        raise MappingInterrupted(result)
    return result


def map_layer(  # noqa: PLR0913  (users name each of their choices)
    layer: Layer,
    accelerator: str | os.PathLike[str] | Accelerator,
    *,
    objective: Objective = "edp",
    cost_model: str = "imc",
    constraints: ConstraintWish | None = None,
    stored: Storing = "best",
    time_limit: float | None = None,
    gap: float = 0.0,
    pareto: bool = False,
    seed: int = 0,
    space: Space | None = None,
) -> LayerResult:
    """Find the proven-optimal mapping of one layer, in this process.

    Parameters are those of `map_network`; so are the errors.
    """
    from zigzag_imc.library.answers import map_one

    query = Query(
        objective=objective,
        cost_model=cost_model,
        constraints=constraints,
        stored=stored,
        time_limit=time_limit,
        gap=gap,
        pareto=pareto,
        seed=seed,
        space=space,
    )
    return map_one(layer, accelerator, query)


def map_variants(  # noqa: PLR0913  (users name each of their choices)
    layer: Layer,
    accelerators: Mapping[str, Accelerator],
    *,
    objective: Objective = "edp",
    cost_model: str = "imc",
    constraints: ConstraintWish | None = None,
    jobs: int | None = None,
    time_limit: float | None = None,
    total_time_limit: float | None = None,
    gap: float = 0.0,
    seed: int = 0,
    space: Space | None = None,
    progress: ProgressCallback | None = None,
) -> tuple[dict[str, LayerResult], Stopped | None]:
    """Find the proven-optimal mapping of one layer on each of several accelerators, on all cores.

    The other parameters are those of `map_network`; the time limit is for each accelerator.

    Parameters
    ----------
    layer
        What is mapped.
    accelerators
        What it is mapped onto, by names that also stand for the layer in messages of progress.

    Returns
    -------
    tuple
        The result for each accelerator, and what ended the searches early, if anything did.

    Raises
    ------
    OptionError
        When an option is out of its range.
    """
    from zigzag_imc.library.answers import map_onto_each

    query = Query(
        objective=objective,
        cost_model=cost_model,
        constraints=constraints,
        jobs=jobs,
        time_limit=time_limit,
        total_time_limit=total_time_limit,
        gap=gap,
        seed=seed,
        space=space,
        progress=progress,
    )
    return map_onto_each(layer, accelerators, query)


def evaluate(  # noqa: PLR0913  (users name each of their choices)
    model: str | os.PathLike[str] | ModelProto | Network,
    accelerator: str | os.PathLike[str] | Accelerator,
    mapping_file: str | os.PathLike[str] | NetworkResult,
    *,
    cost_model: str = "imc",
    objective: Objective = "edp",
    batch: int | None = None,
    shapes: Mapping[str, Sequence[int]] | None = None,
    dims: Mapping[str, int] | None = None,
    precision: PrecisionWish | None = None,
    constraints: ConstraintWish | None = None,
    stored: Storing = "best",
    layers: Sequence[str] | None = None,
) -> NetworkResult:
    """Score given mappings of a network's layers, without any search.

    The other parameters are those of `map_network`.

    Parameters
    ----------
    mapping_file
        A result, its file, or a file of the same form with ``name``, ``spatial`` and ``temporal``
        per layer; a loop nest as text; a ``complete.json`` of ZigZag, or its folder of them. A
        layer without an entry takes the mapping of an identical layer.
    stored
        Which of two activations the array holds, for mappings that do not say it: the ``first`` or
        the ``second`` in the graph; ``best`` is what the network was read with, mostly the second.

    Returns
    -------
    NetworkResult
        Every mapping is ``FEASIBLE``, without a bound: nothing was searched.

    Raises
    ------
    ZigzagImcError
        When an input is wrong or a mapping is not legal: file, layer and reason in one line.
    """
    from zigzag_imc.library.evaluating import evaluate_subject
    from zigzag_imc.library.subject import Subject

    query = Query(
        objective=objective,
        cost_model=cost_model,
        batch=batch,
        shapes=shapes,
        dims=dims,
        precision=precision,
        constraints=constraints,
        stored=stored,
        layers=layers,
    )
    budget = query.total_budget()
    return evaluate_subject(Subject.of(model, accelerator, query), mapping_file, budget)
