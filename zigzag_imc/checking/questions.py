"""What the solver is asked for a second proof: whether anything costs less than a claim says."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from zigzag_imc.checking.claims import Claim
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import Space
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.unrollings import has_diagonals
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.results.result import LayerResult
from zigzag_imc.runs.job import Job, Outcome
from zigzag_imc.solver.solution import SearchOptions
from zigzag_imc.solver.underside import Corner

PARAMETERS = (
    ("cp_model_probing_level", 0),
    ("linearization_level", 0),
    ("permute_presolve_constraint_order", True),
    ("permute_variable_randomly", True),
    ("symmetry_level", 0),
)
"""CP-SAT parameters of the second proof; a first one uses the defaults."""

PARAMETERS_OF_ANY_SIZE = (*PARAMETERS, ("linearization_level", 2))
"""The same for the usual search among tiles of any size, most of whose products are linear: they
are seen in linear relaxations alone."""

JOINT_SECONDS = 120.0
"""Seconds after which a claim is proved without the joint model, but for energy of tiles that
divide."""

JOINT_SECONDS_WITH_DIAGONALS = 60.0
"""The same where some unrollings are diagonal: most layers take some seconds, a few would take many
minutes."""

JOINT_SHARE = 6
"""The same among tiles of any size where no time limit is given, in times of what the search took:
a second proof, that of the search again included, takes no more than about ten times as long."""

LEAST_JOINT_SECONDS = 20.0
"""Seconds that the joint model has there at least: twice what the first convolution of ResNet-18
takes, as other work may go on beside it."""

SEED_STEP = 104_729
"""Distance of the second proof's seed from the first one's."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all claims of a result have in common.

    Attributes
    ----------
    accelerator, profile
        Onto what layers are mapped, and under which cost model.
    time_limit
        Seconds for each question; ``None`` for no limit.
    """

    accelerator: Accelerator
    profile: CostProfile
    time_limit: float | None

    def cost_model(self, record: LayerResult, *, swapped: bool = False) -> CostModel:
        """Cost model of a layer of the result, as it stands or with its other operand stored."""
        layer = record.layer()
        mapped = layer.swapped() if swapped else layer
        return CostModel(mapped, self.found_by(record), self.profile)

    def found_by(self, record: LayerResult) -> Accelerator:
        """Return the accelerator as a layer of the result finds it."""
        return record.found_by(self.accelerator)

    def ask_for_cheaper(self, claim: Claim) -> Job:
        """Ask for anything cheaper; half of the resolution is left for the proof's rounding.

        The joint model is asked first, which shares no bound with the first proof; it gets some
        time, since its bound of the latency is not always the exact one.
        """
        options = self._options(claim.record, claim.floor * (1 - claim.resolution / 2))
        limit = self._joint_limit(claim)
        options = replace(options, method="cp-sat", time_limit_s=limit, parameters=PARAMETERS)
        layer = claim.record.layer()
        found = self.found_by(claim.record)
        return Job(layer, found, self.profile, claim.objective, options)

    def _joint_limit(self, claim: Claim) -> float | None:
        """Seconds of the joint model: all there are where it is sure to end."""
        record, space = claim.record, claim.record.space()
        if is_sure_to_end(claim.objective, space):
            return self.time_limit
        accelerator = self.found_by(record)
        is_diagonal = any(
            has_diagonals(layer, accelerator, self.profile, space)
            for layer in record.layer().alternatives
        )
        return joint_seconds(space, is_diagonal, record.solve_seconds, self.time_limit)

    def otherwise(self, job: Job) -> Job:
        """Ask the same without the joint model."""
        parameters = parameters_of(job.options.space)
        options = replace(job.options, method="auto", time_limit_s=self.time_limit)
        return replace(job, options=replace(options, parameters=parameters))

    def ask_for_front(self, record: LayerResult) -> Job:
        """Ask for the front of a layer that was mapped together with others."""
        options = self._options(record, math.inf)
        layer, found = record.layer(), self.found_by(record)
        return Job(layer, found, self.profile, "edp", options, optimum=False, front=True)

    def ask_below_front(self, record: LayerResult) -> Job:
        """Ask for any mapping below the front that a layer claims to be complete."""
        options = self._options(record, math.inf)
        layer, found, corners = record.layer(), self.found_by(record), corners_of(record)
        return Job(layer, found, self.profile, "edp", options, optimum=False, corners=corners)

    def _options(self, record: LayerResult, cutoff: float) -> SearchOptions:
        seed = record.certificate.seed if record.certificate is not None else 0
        return SearchOptions(
            self.time_limit,
            seed=(seed + SEED_STEP) % 2**31,
            cutoff=cutoff,
            parameters=parameters_of(record.space()),
            space=record.space(),
        )


def corners_of(record: LayerResult) -> tuple[Corner, ...]:
    """Return the points of a front as the corners of a staircase."""
    return tuple(Corner(point.latency_cycles, point.energy_pj) for point in record.pareto or ())


def without_margin(job: Job, claim: Claim) -> Job:
    """Ask for anything below the claim itself."""
    return replace(job, options=replace(job.options, cutoff=claim.floor))


def parameters_of(space: Space) -> tuple[tuple[str, int], ...]:
    """Return the CP-SAT parameters of a second proof by the usual search."""
    return PARAMETERS_OF_ANY_SIZE if space.tile_sizes == "any-outermost" else PARAMETERS


def joint_seconds(
    space: Space, is_diagonal: bool, searched_s: float, limit_s: float | None
) -> float:
    """Return the seconds of the joint model, where it may not end.

    Parameters
    ----------
    space
        Which mappings there are.
    is_diagonal
        Whether some of them have diagonal unrollings.
    searched_s
        What the search took.
    limit_s
        Seconds that whoever asks has for the whole question, if that was said: half of them.
    """
    most = JOINT_SECONDS_WITH_DIAGONALS if is_diagonal else JOINT_SECONDS
    half = math.inf if limit_s is None else limit_s / 2
    if space.tile_sizes == "divisors":
        return min(most, half)
    if limit_s is not None:
        return half
    return min(most, max(LEAST_JOINT_SECONDS, JOINT_SHARE * searched_s))


def is_sure_to_end(objective: Objective, space: Space) -> bool:
    """Whether the joint model needs no other search beside it: of energies of tiles that divide."""
    return objective == "energy" and space.tile_sizes == "divisors"


def is_left_open(job: Job, outcome: Outcome) -> bool:
    """Whether the joint model neither proved nor refuted a claim in a part of the time."""
    options, solution = job.options, outcome.solution
    if options.method != "cp-sat" or is_sure_to_end(job.objective, options.space):
        return False
    return solution is not None and solution.status == "UNKNOWN"


def is_just_below(claim: Claim, outcome: Outcome) -> bool:
    """Whether a complete proof was rounded down to just below the claim, and nothing refutes it.

    Asked without a margin, the same proof reaches the claim.
    """
    solution = outcome.solution
    if solution is None or solution.bound is None:
        return False
    is_complete = solution.status in ("OPTIMAL", "INFEASIBLE")
    is_close = solution.bound < claim.least <= solution.bound * (1 + 2 * COARSEST)
    refutes = (solution.objective_value or math.inf) < claim.least
    return is_complete and is_close and not refutes
