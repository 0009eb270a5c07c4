"""One layer on one accelerator under one question, and the key that tells equal ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import Constraints, texts_of
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import KeepingRule, Objective
from zigzag_imc.core.space import Space, TileSizes
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.hardware.files import accelerator_to_dict
from zigzag_imc.models.profile import default_space, profile_named
from zigzag_imc.runs.job import Job, run_job
from zigzag_imc.solver.solution import SearchOptions
from zigzag_imc.sweep.fingerprint import model_fingerprint
from zigzag_imc.sweep.record import PointRecord


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every layer.

    Attributes
    ----------
    objective
        What is made least.
    cost_model
        Name of the cost profile.
    diagonals
        Whether windows and groups may lie diagonally on the array, where the profile knows that.
    tile_sizes
        Sizes of the tiles, where the profile does not want them to divide.
    time_limit_s
        Seconds for each layer; ``None`` for no limit.
    ties
        Whether ties between equally good mappings are broken.
    locality, keep_ends
        What stays on chip between layers, and whether the ends of the network may; where anything
        may, the question is about the network as a whole.
    """

    objective: Objective
    cost_model: str
    diagonals: bool = True
    tile_sizes: TileSizes = "divisors"
    time_limit_s: float | None = None
    ties: bool = True
    locality: KeepingRule = "none"
    keep_ends: bool = False

    @property
    def is_of_network(self) -> bool:
        """Whether it is asked of a network as a whole, and not of each of its layers."""
        return self.locality != "none"

    @property
    def gap(self) -> float:
        """Relative gap at which a search may stop.

        One so small asks for the same proof, but not for the best of all that are equally good.
        """
        return 0.0 if self.ties else TOLERANCE

    def space(self, constraints: Constraints = ()) -> Space:
        """Return the mappings that a search chooses from."""
        profile = profile_named(self.cost_model)
        return Space(
            "divisors" if profile.dividing_tiles else self.tile_sizes,
            default_space(profile).diagonals and self.diagonals,
            constraints,
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """A layer to be mapped onto an accelerator.

    Attributes
    ----------
    key
        Tells equal problems; see `problem_key`.
    layer, accelerator, question
        What is mapped onto what, and what is asked.
    constraints
        What the mapping has to keep.
    """

    key: bytes
    layer: Layer
    accelerator: Accelerator
    question: Question
    constraints: Constraints = ()

    def solve(self, should_stop: Callable[[], bool]) -> PointRecord:
        """Map it."""
        question = self.question
        options = SearchOptions(
            time_limit_s=question.time_limit_s,
            gap=question.gap,
            space=question.space(self.constraints),
            counted=False,
        )
        job = Job(
            self.layer,
            self.accelerator,
            profile_named(question.cost_model),
            question.objective,
            options,
        )
        outcome = run_job(job, should_stop)
        return PointRecord.of(self.layer, self.accelerator, outcome, question.time_limit_s)


def hardware_digest(accelerator: Accelerator) -> str:
    """Return the SHA-256 of what an accelerator is, whatever it is called."""
    contents = accelerator_to_dict(accelerator.replace(name="any"))
    return hashlib.sha256(as_text(contents).encode()).hexdigest()


def problem_key(digest: str, layer: Layer, question: Question, constraints: Constraints) -> bytes:
    """Return the SHA-256 of all that decides the answer.

    Hardware, layer, question, space, constraints, and the code of cost model and search. Names of
    layers and accelerators, and the time limit, decide nothing.
    """
    space = question.space(constraints)
    decisive = [
        model_fingerprint(),
        digest,
        shape_text(layer),
        question.objective,
        question.cost_model,
        space.tile_sizes,
        space.diagonals,
        texts_of(constraints),
        question.ties,
    ]
    return hashlib.sha256(as_text(decisive).encode()).digest()


@lru_cache(maxsize=4096)  # the layers of a sweep are the same on thousands of accelerators
def shape_text(layer: Layer) -> str:
    """Return what decides the cost of a layer, as `Layer.shape_key` does, as text."""
    loops = [[dim, size] for dim, size in layer.loop_dims if size > 1]
    operands = [sorted(layer.relevant(operand)) for operand in ("W", "I", "O")]
    windows = [
        [one.output_dim, one.filter_dim, one.stride, one.dilation, one.size]
        for one in layer.windows
    ]
    bits = layer.precision
    stored = None if layer.stored is None else [layer.stored.position, layer.stored.free]
    return as_text([loops, operands, windows, [bits.W, bits.I, bits.O, bits.O_final], stored])


def as_text(contents: object) -> str:
    """Return what decides an answer as text: the same for the same."""
    return json.dumps(contents, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
