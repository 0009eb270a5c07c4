"""The entries of a study file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from zigzag_imc.core.objective import KeepingRule, Objective
from zigzag_imc.core.space import TileSizes
from zigzag_imc.core.stored_operand import Storing
from zigzag_imc.sweep.study.values import Value, values_of


def _as_list(found: object) -> object:
    """Let a single value stand for a list of it."""
    return found if isinstance(found, list | tuple) else [found]


def _as_model(found: object) -> object:
    """Let the name of a network stand for its entry."""
    return {"model": found} if isinstance(found, str) else found


def _as_accelerator(found: object) -> object:
    """Let the name of an accelerator stand for its entry."""
    return {"accelerator": found} if isinstance(found, str) else found


Range = Annotated[tuple[Value, ...], BeforeValidator(values_of)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Rules = Annotated[tuple[KeepingRule, ...], BeforeValidator(_as_list), Field(min_length=1)]


class Entry(BaseModel):
    """An entry of a study file; a key that it does not know is a slip."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class NetworkEntry(Entry):
    """A network of a study.

    Attributes
    ----------
    model
        Path of an ONNX or workload file, or name of a shipped network.
    name
        What it is called in the results; by default, what the model says.
    batch
        Batch size of a model that leaves it open.
    shapes, dims
        Sizes that a model leaves open, of inputs and of symbols.
    precision
        Bits per element, such as ``W=4,I=8``; of some layers, ``conv*:W=4``.
    layers
        Names of the layers that count; all by default.
    stored
        Which operand of a product of two activations is written into the array.
    """

    model: str
    name: str | None = None
    batch: PositiveInt | None = None
    shapes: dict[str, tuple[PositiveInt, ...]] = {}
    dims: dict[str, PositiveInt] = {}
    precision: Texts = ()
    layers: Texts = ()
    stored: Storing = "best"


class AcceleratorsEntry(Entry):
    """Accelerators of a study: one, or one for each combination of values of its parameters.

    Attributes
    ----------
    template
        Kind of a template, ``aimc`` or ``dimc``; its parameters are those of
        `zigzag_imc.models.hardware.templates.parameters.TemplateParameters`.
    accelerator
        In its place, path of an accelerator file, or name of a preset; its parameters are paths of
        its fields, such as ``operational_array.sizes.D1``.
    name
        What the accelerators are called in the results; by default, what they are made of.
    set
        Values of parameters, the same for all.
    ranges
        Values of the parameters that differ.
    where
        Conditions between parameters, beside those of the study.
    locality
        What stays on chip between layers, in place of what the study says.
    """

    template: Literal["aimc", "dimc"] | None = None
    accelerator: str | None = None
    name: str | None = None
    set: dict[str, Value] = {}
    ranges: dict[str, Range] = {}
    where: Texts = ()
    locality: Rules | None = None

    @property
    def label(self) -> str:
        """What the accelerators are called."""
        return self.name or self.template or self.accelerator or ""

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> AcceleratorsEntry:
        if (self.template is None) == (self.accelerator is None):
            raise ValueError("either a template or an accelerator")
        return self


class Study(Entry):
    """A study: which networks on which accelerators, under which questions.

    Attributes
    ----------
    name
        What it is called.
    networks, accelerators
        What is mapped onto what: every network onto every accelerator.
    where
        Conditions between parameters; those of an entry that lacks one of them do not count.
    area_mm2
        Area that an accelerator may have at most, in mm2.
    objectives, cost_models
        What is made least, layer by layer, and under which cost profiles.
    diagonals, tile_sizes
        Which mappings a search chooses from.
    constraints
        What mappings have to keep, as on the command line.
    locality
        What stays on chip between layers: nothing (``none``), or what makes each network ``best``,
        or what ZigZag's greedy rule keeps; then the objective is the network's.
    keep_ends
        Whether inputs and results of networks may stay, too.
    ties
        Whether, of mappings that are equally good, one is taken that is best in what comes second:
        latency after energy, energy after the others. Otherwise any of them is, which for the
        objective ``energy`` takes less than half the time.
    time_limit_s
        Seconds for each layer; ``None`` for no limit.
    """

    name: str | None = None
    networks: Annotated[
        tuple[Annotated[NetworkEntry, BeforeValidator(_as_model)], ...],
        BeforeValidator(_as_list),
        Field(min_length=1),
    ]
    accelerators: Annotated[
        tuple[Annotated[AcceleratorsEntry, BeforeValidator(_as_accelerator)], ...],
        BeforeValidator(_as_list),
        Field(min_length=1),
    ]
    where: Texts = ()
    area_mm2: PositiveFloat | None = None
    objectives: Annotated[tuple[Objective, ...], BeforeValidator(_as_list)] = ("energy",)
    cost_models: Texts = ("imc",)
    diagonals: bool = True
    tile_sizes: TileSizes = "divisors"
    constraints: Texts = ()
    locality: Rules = ("none",)
    keep_ends: bool = False
    ties: bool = True
    time_limit_s: PositiveFloat | None = None

    def localities(self, entry: AcceleratorsEntry) -> tuple[KeepingRule, ...]:
        """Return what is to stay on chip on the accelerators of an entry."""
        return self.locality if entry.locality is None else entry.locality

    @property
    def is_local_anywhere(self) -> bool:
        """Whether anything may stay on chip between layers."""
        return any(set(self.localities(entry)) != {"none"} for entry in self.accelerators)

    def replace(self, **changes: Any) -> Study:
        """Return the study with some entries changed; nothing is checked again."""
        return self.model_copy(update=changes)
