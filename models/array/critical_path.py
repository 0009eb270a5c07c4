"""The longest way of a signal between two registers of a macro: its clock period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from zigzag_imc.core.technology import Technology
from zigzag_imc.models.array.structure import Structure
from zigzag_imc.models.array.trees import tree_depth


class Step(NamedTuple):
    """A part of the way.

    Attributes
    ----------
    component
        Which it passes.
    delay_ns
        How long that takes.
    is_end
        Whether a register stands behind it.
    """

    component: str
    delay_ns: float
    is_end: bool = False


COMPONENTS = ("cells", "dacs", "adcs", "mults", "adders_regular", "adders_pv", "accumulators")
"""What a signal may pass."""


def critical_path_ns(
    structure: Structure, dac_ns: float, adc_ns: float, tech: Technology
) -> Mapping[str, float]:
    """Delay of every component on the slowest stage of the pipeline; of all, where there is none.

    Converter, multiplier, adders, accumulator.
    """
    stages: list[dict[str, float]] = [{}]
    for component, delay_ns, is_end in _steps(structure, dac_ns, adc_ns, tech):
        stages[-1][component] = stages[-1].get(component, 0.0) + delay_ns
        if is_end:
            stages.append({})
    slowest = max(stages, key=lambda stage: sum(stage.values()))
    return {component: slowest.get(component, 0.0) for component in COMPONENTS}


def _steps(structure: Structure, dac_ns: float, adc_ns: float, tech: Technology) -> Iterator[Step]:
    """Yield the parts of the way in order, with the registers behind them."""
    circuit = structure.array.circuit
    cuts = circuit.pipeline_after
    phases = circuit.conversion_phases
    accumulator = Step("accumulators", _accumulator_ns(structure, tech), "accumulators" in cuts)
    yield Step("dacs", dac_ns)
    if structure.array.analog:  # products form on the way to the converters, in every phase
        yield Step("mults", phases * tech.nand2_ns)
        yield Step("adcs", phases * adc_ns, "adcs" in cuts)
    else:
        yield Step("mults", tech.nand2_ns, "mults" in cuts)
        if circuit.accumulators_first:
            yield accumulator
        yield from _tree_steps(structure, tech)
    yield Step("adders_pv", _place_value_ns(structure, tech), "adders_pv" in cuts)
    if not circuit.accumulators_first:
        yield accumulator


def _tree_steps(structure: Structure, tech: Technology) -> Iterator[Step]:
    """Yield the stages of an adder tree.

    A carry ripples through the last adder of a stage, all bits but the two that the levels take.
    """
    stages = structure.tree_stages
    cut_behind = "adders_regular" in structure.array.circuit.pipeline_after
    if not stages:  # a single row: no level, but the formula's carry
        yield Step("adders_regular", _levels_ns(0, structure.word_bits, tech), cut_behind)
    for place, stage in enumerate(stages, start=1):
        is_end = place < len(stages) or cut_behind
        out_bits = stage.bits + stage.levels
        yield Step("adders_regular", _levels_ns(stage.levels, out_bits, tech), is_end)


def _levels_ns(levels: int, out_bits: float, tech: Technology) -> float:
    """Delay of some levels of a tree whose sum has so many bits.

    The formula is that of at least one level; of none and a bit or two it would be negative.
    """
    delay_ns = (
        (levels - 1) * tech.adder_sum_ns
        + tech.adder_carry_ns
        + (out_bits - 2) * tech.carry_ripple_ns
    )
    return max(delay_ns, 0.0)


def _place_value_ns(structure: Structure, tech: Technology) -> float:
    words = structure.joined_words
    if words <= 1:
        return 0.0
    return (
        (tree_depth(words) - 1) * tech.adder_sum_ns
        + tech.adder_carry_ns
        + (words - 1) * tech.carry_ripple_ns
    )


def _accumulator_ns(structure: Structure, tech: Technology) -> float:
    """Delay of an accumulator: its carry ripples through the bits above those of what is added."""
    bits = structure.accumulator_bits
    if not bits:
        return 0.0
    above = bits - structure.accumulated_bits - 1
    return tech.dff_ns + tech.adder_carry_ns + above * tech.carry_ripple_ns
