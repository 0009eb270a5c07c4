"""The search for what to keep done again from a result: another seed, another accelerator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.objective import Stopped
from zigzag_imc.locality.cases import spot_of
from zigzag_imc.locality.least import least_in_any_order, least_of
from zigzag_imc.locality.search import Rounds
from zigzag_imc.models.locality.places import Places
from zigzag_imc.models.profile import default_space, profile_named
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.runs.job import Job, Outcome
from zigzag_imc.runs.local import run_jobs
from zigzag_imc.runs.run import ProgressCallback
from zigzag_imc.solver.solution import SearchOptions


@dataclass(frozen=True)
class Manner:
    """How to search again.

    Attributes
    ----------
    options
        How layers are searched; the space and the constraints are those of the result.
    jobs
        Searches side by side; as many as there are cores where it is ``None``.
    budget
        Time for everything.
    progress
        Called whenever a search starts or ends.
    """

    options: SearchOptions
    jobs: int | None
    budget: Budget
    progress: ProgressCallback | None = None


@dataclass(frozen=True)
class LeastAgain:
    """The least objective of a network over all choices of what is kept.

    Attributes
    ----------
    value, bound
        That of the best choice found, infinite without one; and its certified lower bound.
    searches
        Layers in situations that were searched.
    stopped
        What ended the searches early, if anything did.
    """

    value: float
    bound: float
    searches: int
    stopped: Stopped | None


def search_again(found: NetworkResult, accelerator: Accelerator, manner: Manner) -> LeastAgain:
    """Search for the best choice of what is kept on an accelerator, as a result says it was asked.

    Where a rule said what is kept, for the best mappings under it; where the order of the steps was
    a part of the choice, for the best order, too.

    Raises
    ------
    OptionError
        When nothing could stay on chip in the result.
    """
    rounds = _rounds(found, accelerator, manner)
    rounds.relax()
    gap = manner.options.gap
    has_order = found.locality is not None and found.locality.graph_order is not None
    if has_order:
        least = least_in_any_order(rounds, found.objective, gap).best
    else:
        least = least_of(rounds, found.objective, gap)
    bound = min(least.bound, least.value)
    stopped = rounds.ended_by(least.is_settled)
    return LeastAgain(least.value, bound, rounds.searches, stopped)


def _rounds(found: NetworkResult, accelerator: Accelerator, manner: Manner) -> Rounds:
    """Lay out the search again."""
    locality = found.locality
    if locality is None:
        raise OptionError("the result says nothing of what stays on chip; map with locality='best'")
    records = {name: record for record in found.layers for name in record.names}
    layers = {name: record.layer_as_asked(name) for name, record in records.items()}
    timeline = locality.graph_timeline(layers, accelerator)
    spots = tuple(
        spot_of(timeline, name, _asked(record, accelerator)) for name, record in records.items()
    )
    profile = profile_named(found.cost_model)
    space = found.layers[0].searched_space() or default_space(profile)
    given = locality.placement() if locality.rule == "zigzag" else None

    def run(jobs: Sequence[Job]) -> tuple[list[Outcome], Stopped | None]:
        return run_jobs(jobs, manner.jobs, manner.budget, manner.progress)

    return Rounds(
        timeline,
        profile,
        replace(manner.options, space=space),
        spots,
        run,
        manner.budget,
        with_latency=found.objective != "energy",
        given=None if given is None else Places(given),
    )


def _asked(record: LayerResult, accelerator: Accelerator) -> Constraints:
    """Return what a user asked of a layer, without what its situation asks."""
    situation = record.situation
    own = () if situation is None else situation.situation().constraints(accelerator)
    return tuple(one for one in record.asked() if one not in own)
