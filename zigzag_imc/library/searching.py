"""Searches with a heuristic engine in the place of the solver; functions that Python users call."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.arguments import callback, shown
from zigzag_imc.core.constraint_rules import ConstraintWish
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.precision_rules import PrecisionWish
from zigzag_imc.core.space import Space
from zigzag_imc.core.stored_operand import Storing
from zigzag_imc.library.mapping import MappingInterrupted
from zigzag_imc.library.query import Query
from zigzag_imc.results.result import LayerResult, NetworkResult

if TYPE_CHECKING:
    from onnx import ModelProto

    from zigzag_imc.library.subject import Subject
    from zigzag_imc.onnx_workload.network import Network
    from zigzag_imc.runs.run import ProgressCallback
    from zigzag_imc.solver.engines.engine import Engine


def search_network(  # noqa: PLR0913  (users name each of their choices)
    model: str | os.PathLike[str] | ModelProto | Network,
    accelerator: str | os.PathLike[str] | Accelerator,
    engine: str | Engine = "loma",
    *,
    objective: Objective = "edp",
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
    seed: int = 0,
    space: Space | None = None,
    layers: Sequence[str] | None = None,
    progress: ProgressCallback | None = None,
    announce: Callable[[str], None] | None = None,
) -> NetworkResult:
    """Search for mappings of all layers of a network with an engine, without a proof.

    The other parameters are those of `map_network`.

    Parameters
    ----------
    engine
        ``exhaustive``, ``loma``, ``salsa`` or ``random``, or one of `zigzag_imc.solver.engines`
        with options of its own, such as ``Loma(factors=7)``.
    seed
        Seed of what the engine draws; the same for every layer.
    announce
        Called before the search with what the engine expects of it, if anything: how many mappings
        the exhaustive engine will go through, and about how long that takes.

    Returns
    -------
    NetworkResult
        Every mapping is ``FEASIBLE``, without a bound; only the exhaustive engine's are
        ``OPTIMAL``, and only it can tell that a layer is ``INFEASIBLE``. The certificates name the
        engine.

    Raises
    ------
    ZigzagImcError
        When an input is wrong, or a layer too large for the exhaustive engine.
    MappingInterrupted
        On Ctrl-C; carries the result so far.
    """
    from zigzag_imc.library.answers import search_subject
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
        jobs=jobs,
        time_limit=time_limit,
        total_time_limit=total_time_limit,
        seed=seed,
        space=space,
        progress=progress,
    )
    callback("announce", announce)
    budget = query.total_budget()
    searcher = engine_of(engine)
    subject = Subject.of(model, accelerator, query)
    _foresee(subject, searcher, announce)
    result = search_subject(subject, searcher, budget)
    if result.stopped == "interrupted":
        raise MappingInterrupted(result)
    return result


def search_layer(  # noqa: PLR0913  (users name each of their choices)
    layer: Layer,
    accelerator: str | os.PathLike[str] | Accelerator,
    engine: str | Engine = "loma",
    *,
    objective: Objective = "edp",
    cost_model: str = "imc",
    constraints: ConstraintWish | None = None,
    stored: Storing = "best",
    time_limit: float | None = None,
    seed: int = 0,
    space: Space | None = None,
) -> LayerResult:
    """Search for a mapping of one layer with an engine, in this process.

    Parameters are those of `search_network`; so are the errors.
    """
    from zigzag_imc.library.answers import map_one

    query = Query(
        objective=objective,
        cost_model=cost_model,
        constraints=constraints,
        stored=stored,
        time_limit=time_limit,
        seed=seed,
        space=space,
    )
    return map_one(layer, accelerator, query, engine_of(engine))


def engine_of(engine: object) -> Engine:
    """Return an engine, made where it is a name.

    Raises
    ------
    OptionError
        When it is neither.
    """
    from zigzag_imc.solver.engines.catalogue import ENGINES, engine_named
    from zigzag_imc.solver.engines.engine import Engine

    if isinstance(engine, str):
        return engine_named(engine)
    if isinstance(engine, Engine):
        return engine
    raise OptionError(
        f"engine: found {shown(engine)}, expected one of {', '.join(ENGINES)}, or an Engine"
    )


def _foresee(subject: Subject, engine: Engine, announce: Callable[[str], None] | None) -> None:
    """Refuse layers that are too large for the engine; say what is ahead for the others."""
    layers = [one for group in subject.groups for one in group.layer.alternatives]
    profile, space = subject.query.profile, subject.query.mapspace
    for layer in layers:
        engine.check(layer, subject.accelerator, profile, space)
    if announce is None:
        return
    expected = engine.forecast(layers, subject.accelerator, profile, space)
    if expected is not None:
        announce(expected)
