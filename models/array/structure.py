"""What the periphery of a macro is made of: how many of each part, and how wide."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.models.array.trees import levels, place_value_adders, tree_adders, tree_depth


class TreeStage(NamedTuple):
    """Levels of an adder tree between two registers.

    Attributes
    ----------
    levels
        How many.
    words, bits
        Words that enter the first of them, and their width.
    """

    levels: int
    words: int
    bits: int


@dataclass(frozen=True)
class Structure:
    """The parts of one column of weights of a macro.

    Attributes
    ----------
    array
        The array.
    """

    array: ImcArray

    # ---------------------------------------------------------------- products
    @cached_property
    def digits(self) -> int:
        """Digits of an activation that are multiplied in a cycle: bits, or pairs of them."""
        bits = int(self.array.bits_per_cycle)
        return bits // 2 if self.array.circuit.booth else bits

    @cached_property
    def multipliers(self) -> int:
        """One-bit multipliers of one row; a digital macro has those of every digit."""
        return self.array.weight_bits * (1 if self.array.analog else self.digits)

    @cached_property
    def adcs(self) -> int:
        """Analog-to-digital converters of a column of weights."""
        if not self.array.analog:
            return 0
        return self.array.circuit.adcs_per_output or self.array.weight_bits

    # ---------------------------------------------------------------- adder trees
    @cached_property
    def tree_bits(self) -> int:
        """Width of a word that enters an adder tree: a product, or what was accumulated of it."""
        array = self.array
        if array.circuit.accumulators_first:
            return int(self.accumulator_bits)
        if array.circuit.trees_per_weight_bit:
            return int(array.bits_per_cycle)
        return array.weight_bits + (1 if array.circuit.booth else 0)

    @cached_property
    def trees(self) -> int:
        """Adder trees of a column: none, or one for each digit, or for each bit of a weight."""
        if self.array.analog:
            return 0
        if self.array.circuit.trees_per_weight_bit:
            return self.array.weight_bits
        return 1 if self.array.circuit.accumulators_first else self.digits

    @cached_property
    def tree_depth(self) -> int:
        """Levels of an adder tree."""
        return tree_depth(self.array.rows)

    @cached_property
    def tree_adders(self) -> int:
        """One-bit adders of all trees of a column."""
        return tree_adders(self.array.rows, self.tree_bits) * self.trees if self.trees else 0

    @cached_property
    def tree_stages(self) -> tuple[TreeStage, ...]:
        """Levels of a tree as its pipeline is cut: as evenly as can be, the longer ones first."""
        if not self.tree_depth:
            return ()
        count = min(self.array.circuit.tree_stages, self.tree_depth)
        least, more = divmod(self.tree_depth, count)
        lengths = [least + (place < more) for place in range(count)]
        starts = [0, *accumulate(lengths)]
        entering = list(levels(self.array.rows, self.tree_bits))
        return tuple(
            TreeStage(length, entering[start].words, entering[start].bits)
            for length, start in zip(lengths, starts, strict=False)
        )

    # ---------------------------------------------------------------- joining and accumulating
    @cached_property
    def word_bits(self) -> float:
        """Width of a word that is joined: of an ADC, or of an adder tree."""
        return self.array.adc_bits if self.array.analog else self.tree_bits + self.tree_depth

    @cached_property
    def joined_words(self) -> int:
        """Words of different place value that are added: of an ADC, or of an adder tree each."""
        return self.adcs if self.array.analog else self.trees

    @cached_property
    def place_value_adders(self) -> float:
        """One-bit adders that join them."""
        return place_value_adders(self.joined_words, self.word_bits)

    @cached_property
    def joined_bits(self) -> float:
        """Width of what is joined."""
        return self.word_bits + (self.joined_words if self.joined_words > 1 else 0)

    @cached_property
    def accumulator_bits(self) -> int | float:
        """Width of an accumulator; 0 when all activation bits are applied at once."""
        array = self.array
        if array.bits_per_cycle == array.activation_bits:
            return 0
        if array.circuit.accumulator_bits is not None:
            return array.circuit.accumulator_bits
        if array.circuit.accumulators_first:
            return array.activation_bits + array.weight_bits
        if array.circuit.adcs_per_output is not None:
            return array.activation_bits + self.joined_bits
        column_bits = array.adc_bits if array.analog else self.tree_depth
        return array.activation_bits + column_bits + array.weight_bits

    @cached_property
    def accumulated_bits(self) -> float:
        """Width of what an accumulator adds in a cycle."""
        is_product = self.array.circuit.accumulators_first
        return self.array.weight_bits if is_product else self.joined_bits

    @cached_property
    def accumulators(self) -> int:
        """Accumulators of a column."""
        return self.array.rows if self.array.circuit.accumulators_first else 1

    # ---------------------------------------------------------------- pipeline
    @cached_property
    def pipeline_bits(self) -> float:
        """Bits of all registers of a column that only end a stage of the pipeline."""
        behind: dict[str, float] = {
            "adcs": self.adcs * self.array.adc_bits,
            "mults": self.multipliers * self.array.rows,
            "adders_regular": self.trees * self.word_bits,
            "adders_pv": self.joined_bits,
            "accumulators": 0.0,  # a register itself
        }
        inside = sum(stage.words * stage.bits for stage in self.tree_stages[1:])
        return inside * self.trees + sum(
            behind[component] for component in self.array.circuit.pipeline_after
        )
