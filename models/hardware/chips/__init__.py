"""Published chips as accelerators, with what was reported of them.

They validate the model of the array: modelled beside reported, and what the comparison means. No
chip has a factor of its own.
"""

from __future__ import annotations

from functools import cached_property
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.models.hardware.templates.template import Template
from zigzag_imc.models.hardware.yaml_text import read_yaml
from zigzag_imc.models.peak import Activity, Peak, peak_of

_SUFFIX = ".yaml"
FIGURES = ("area_mm2", "tclk_ns", "tops", "tops_per_w")
"""Figures that are compared, where they are reported."""


class _Card(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ActivityEntry(_Card):
    """What its validation assumed of the data.

    Attributes
    ----------
    toggle_rate
        Share of the input bits that change.
    weight_sparsity
        Share of the weight bits that are zero.
    """

    toggle_rate: float = Field(ge=0, le=1)
    weight_sparsity: float = Field(ge=0, le=1)


class Chip(_Card):
    """A published chip.

    Attributes
    ----------
    name, published
        What it is called here, and where it was published.
    template
        Parameters of the accelerator that stands for it.
    activity
        What its validation assumed of the data.
    reported
        What was measured, by figure.
    means
        What comparing each figure means.
    """

    name: str
    published: str
    template: dict[str, Any]
    activity: ActivityEntry
    reported: dict[str, float]
    means: dict[str, str]

    @cached_property
    def accelerator_template(self) -> Template:
        """The template of the accelerator that stands for it."""
        return Template(**{"name": self.name, **self.template})

    @cached_property
    def peak(self) -> Peak:
        """Modelled peak performance of its macros."""
        activity = Activity(self.activity.toggle_rate, self.activity.weight_sparsity)
        return peak_of(self.accelerator_template.accelerator(), activity)

    def modelled(self, figure: str) -> float:
        """What the model says of a figure."""
        peak = self.peak
        return {
            "area_mm2": peak.total_mm2,
            "tclk_ns": peak.tclk_ns,
            "tops": peak.tops,
            "tops_per_w": peak.tops_per_w,
        }[figure]


def chip_names() -> tuple[str, ...]:
    """Return the names of the chips, sorted."""
    files = (entry.name for entry in resources.files(__name__).iterdir())
    names = (name.removesuffix(_SUFFIX) for name in files if name.endswith(_SUFFIX))
    return tuple(sorted(name.upper() for name in names))


def chip_named(name: str) -> Chip:
    """Return a chip.

    Raises
    ------
    OptionError
        When there is none of that name.
    """
    names = chip_names()
    if name.upper() not in names:
        raise OptionError(f"no chip {name!r}; chips are {', '.join(names)}{nearest(name, names)}")
    file = f"{name.lower()}{_SUFFIX}"
    text = resources.files(__name__).joinpath(file).read_text(encoding="utf-8")
    return Chip.model_validate(read_yaml(text, file))
