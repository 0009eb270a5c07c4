"""One layer on one accelerator under one question, and the key that tells equal ones."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import Constraints, texts_of
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import Space
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.models.hardware.files import accelerator_to_dict
from zigzag_imc.models.profile import default_space, profile_named
from zigzag_imc.sweep.fingerprint import model_fingerprint


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
        Sizes of the tiles.
    time_limit_s
        Seconds for each layer; ``None`` for no limit.
    ties
        Whether ties between equally good mappings are broken.
    """

    objective: Objective
    cost_model: str
    diagonals: bool = True
    tile_sizes: str = "divisors"
    time_limit_s: float | None = None
    ties: bool = True

    @property
    def gap(self) -> float:
        """Relative gap at which a search may stop.

        One so small asks for the same proof, but not for the best of all that are equally good.
        """
        return 0.0 if self.ties else TOLERANCE

    def space(self, constraints: Constraints = ()) -> Space:
        """Return the mappings that a search chooses from."""
        default = default_space(profile_named(self.cost_model))
        return Space(
            self.tile_sizes,  # type: ignore[arg-type]  # checked with the study
            default.diagonals and self.diagonals,
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


def hardware_digest(accelerator: Accelerator) -> str:
    """Return the SHA-256 of what an accelerator is, whatever it is called."""
    contents = accelerator_to_dict(accelerator.replace(name="any"))
    return hashlib.sha256(_text(contents).encode()).hexdigest()


def problem_key(digest: str, layer: Layer, question: Question, constraints: Constraints) -> bytes:
    """Return the SHA-256 of all that decides the answer.

    Hardware, layer, question, space, constraints, and the code of cost model and search. Names of
    layers and accelerators, and the time limit, decide nothing.
    """
    space = question.space(constraints)
    decisive = [
        model_fingerprint(),
        digest,
        _shape(layer),
        question.objective,
        question.cost_model,
        space.tile_sizes,
        space.diagonals,
        texts_of(constraints),
        question.ties,
    ]
    return hashlib.sha256(_text(decisive).encode()).digest()


@lru_cache(maxsize=4096)  # the layers of a sweep are the same on thousands of accelerators
def _shape(layer: Layer) -> str:
    """Return what decides the cost of a layer, as `Layer.shape_key` does, as text."""
    loops = [[dim, size] for dim, size in layer.loop_dims if size > 1]
    operands = [sorted(layer.relevant(operand)) for operand in ("W", "I", "O")]
    windows = [
        [one.output_dim, one.filter_dim, one.stride, one.dilation, one.size]
        for one in layer.windows
    ]
    bits = layer.precision
    stored = None if layer.stored is None else [layer.stored.position, layer.stored.free]
    return _text([loops, operands, windows, [bits.W, bits.I, bits.O, bits.O_final], stored])


def _text(contents: object) -> str:
    return json.dumps(contents, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
