"""How the periphery of a macro is built where it is another than the usual one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Cut = Literal["adcs", "mults", "adders_regular", "adders_pv", "accumulators"]
"""A component after which a register may stand."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """Choices of a designer.

    Attributes
    ----------
    adcs_per_output
        ADCs of a column of weights in an analog array; ``None``: one a bitline.
    conversion_phases
        Phases of a clock cycle, one after the other: in each, an equal part of the ADCs converts
        what is multiplied then.
    booth
        Whether a digital array recodes two bits of an activation as one digit from -2 to 2, so that
        one product, a bit wider than the weight, stands for two.
    accumulator_bits
        Width of an accumulator; ``None``: that of the whole sum.
    accumulators_first
        Whether a digital array has an accumulator behind every multiplier, and its adder tree adds
        what they hold once an activation.
    enable_lines
        Whether every row of an analog array has a line that enables its weights and swings with
        every application of inputs, beside the wordline.
    trees_per_weight_bit
        Whether a digital array has an adder tree for every bit of the weights, over words of the
        input bits of a cycle, instead of one for every input bit, over words of whole weights.
    tree_stages
        Stages of the pipeline into which the levels of an adder tree are cut.
    pipeline_after
        Components behind which a register ends a stage of the pipeline.
    """

    adcs_per_output: int | None = None
    conversion_phases: int = 1
    booth: bool = False
    accumulator_bits: int | None = None
    accumulators_first: bool = False
    enable_lines: bool = False
    trees_per_weight_bit: bool = False
    tree_stages: int = 1
    pipeline_after: tuple[Cut, ...] = ()


USUAL = Circuit()
"""An ADC per bitline or a tree per column and input bit; one accumulator a column; no pipeline."""
