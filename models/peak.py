"""Peak performance: every multiplier busy in every cycle, the weights at rest.

Of the macros alone, and of them with the memories that feed them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator, Direction, ImcArray, MemoryInstance
from zigzag_imc.models.area import area_of
from zigzag_imc.models.array.macro import MacroModel, clock_period_ns
from zigzag_imc.models.profile import IMC

OPERATIONS_PER_MAC = 2
"""A multiplication and an addition."""

FEEDING_LEVELS = 2
"""Memories of inputs and of outputs, from the array up, that belong to the system: registers, and
what is above them."""


@dataclass(frozen=True, slots=True)
class Activity:
    """How much of the array switches.

    Attributes
    ----------
    toggle_rate
        Share of the input bits that change from one cycle to the next, from 0 to 1.
    weight_sparsity
        Share of the weight bits that are zero, from 0 to 1.
    """

    toggle_rate: float = 1.0
    weight_sparsity: float = 0.0

    def share(self, component: str, array: ImcArray) -> float:
        """Share of a component's full energy that is left.

        Analog: converters and adders before the sum follow the inputs, bitlines and what reads
        them the weights that are not zero. Digital: products follow the inputs, sums of them both,
        be it in a tree or in accumulators before it.
        """
        inputs, weights = self.toggle_rate, 1 - self.weight_sparsity
        if array.analog:
            shares = {
                "dacs": inputs,
                "mults": inputs,
                "adders_pv": inputs,
                "analog_bl_addition": weights,
                "adcs": weights,
            }
        else:
            shares = {"mults": inputs, "adders_regular": inputs * weights}
            if array.circuit.accumulators_first:
                shares["accumulators"] = inputs * weights
        return shares.get(component, 1.0)


FULL = Activity()
"""All inputs change, no weight is zero."""


@dataclass(frozen=True, slots=True)
class Peak:
    """What hardware could do at most.

    Attributes
    ----------
    operations
        Operations of one cycle on average, two for each multiply-accumulate.
    tclk_ns
        Clock period.
    energy_pj
        Energy of one cycle on average, by component.
    area_mm2
        Area by component.
    """

    operations: float
    tclk_ns: float
    energy_pj: Mapping[str, float]
    area_mm2: Mapping[str, float]

    @property
    def tops(self) -> float:
        """Operations per second, in 10^12."""
        return self.operations / self.tclk_ns / 1e3  # per ns, so a thousandth

    @property
    def energy_pj_per_cycle(self) -> float:
        """Energy of one cycle."""
        return sum(self.energy_pj.values())

    @property
    def total_mm2(self) -> float:
        """Area of all components."""
        return sum(self.area_mm2.values())

    @property
    def tops_per_w(self) -> float:
        """Operations per energy, in 10^12 per J."""
        return self.operations / self.energy_pj_per_cycle

    @property
    def tops_per_mm2(self) -> float:
        """Operations per second and area."""
        return self.tops / self.total_mm2


def peak_of(accelerator: Accelerator, activity: Activity = FULL) -> Peak:
    """Peak performance of an accelerator's macros alone, at the array's precision."""
    array, macro = accelerator.array, MacroModel.of(accelerator)
    full = macro.activation_energy_pj(array.rows, array.columns)
    per_cycle = array.macros / array.cycles_per_activation
    return Peak(
        operations=OPERATIONS_PER_MAC * array.units / array.cycles_per_activation,
        tclk_ns=clock_period_ns(accelerator),
        energy_pj={
            name: energy * per_cycle * activity.share(name, array) for name, energy in full.items()
        },
        area_mm2=macro.area_breakdown_mm2,
    )


def system_peak_of(accelerator: Accelerator, activity: Activity = FULL) -> Peak:
    """Peak performance with the memories that feed the macros.

    Every cycle, each row of each macro takes its input bits from a register, and that from the
    memory above; each column gives its sum to a register, and, once finished, to the memory above,
    at the bits of an activation. All memories on chip count in the area.
    """
    macros = peak_of(accelerator, activity)
    memories = area_of(accelerator, IMC).memories
    return Peak(
        operations=macros.operations,
        tclk_ns=macros.tclk_ns,
        energy_pj={**macros.energy_pj, **_feeding_pj(accelerator)},
        area_mm2={**macros.area_mm2, **memories},
    )


def _feeding_pj(accelerator: Accelerator) -> dict[str, float]:
    """Energy of one cycle, on average, of the memories that feed the macros."""
    energy_pj: dict[str, float] = {}
    for memory, pj in (*_inputs_pj(accelerator), *_outputs_pj(accelerator)):
        energy_pj[memory] = energy_pj.get(memory, 0.0) + pj
    return energy_pj


def _feeding_levels(accelerator: Accelerator, operand: str) -> list[MemoryInstance]:
    """Return the memories of an operand that belong to the system, the lowest first.

    A highest memory without area is off chip and none of them.
    """
    levels = [accelerator.memories[at] for at in accelerator.levels[operand]]
    on_chip = levels if levels[-1].area_mm2 else levels[:-1]
    return on_chip[:FEEDING_LEVELS] or levels[:1]


def _inputs_pj(accelerator: Accelerator) -> Iterator[tuple[str, float]]:
    """Yield what reading the inputs of a cycle costs: at each level, and writing all but the top.

    The memory that is the upper of the two is only read.
    """
    array = accelerator.array
    lanes = array.rows * array.macros
    bits = lanes * array.activation_bits / array.cycles_per_activation
    levels = _feeding_levels(accelerator, "I")
    for place, memory in enumerate(levels):
        yield memory.name, bits * _pj_per_bit(memory, "I", Direction.TO_LOW)
        if place + 1 < len(levels):
            yield memory.name, bits * _pj_per_bit(memory, "I", Direction.FROM_HIGH)


def _outputs_pj(accelerator: Accelerator) -> Iterator[tuple[str, float]]:
    """Yield what writing the outputs of a cycle costs: at each level, and reading all but the top.

    The lowest memory takes partial sums, as wide as it has room for.
    """
    array = accelerator.array
    outputs = array.columns * array.macros / array.cycles_per_activation
    levels = _feeding_levels(accelerator, "O")
    sum_bits = array.activation_bits + array.weight_bits
    for place, memory in enumerate(levels):
        bits = array.activation_bits if place else min(sum_bits, memory.size_bits)
        yield memory.name, outputs * bits * _pj_per_bit(memory, "O", Direction.FROM_LOW)
        if place + 1 < len(levels):
            finished = outputs * array.activation_bits
            yield memory.name, finished * _pj_per_bit(memory, "O", Direction.TO_HIGH)


def _pj_per_bit(memory: MemoryInstance, operand: str, direction: Direction) -> float:
    """Energy of a bit that moves through a port; 0 where none carries it."""
    port = memory.port_of(operand, direction)
    if port is None:
        return 0.0
    energy_pj = memory.write_energy_pj if direction.writes else memory.read_energy_pj
    return energy_pj / port.bandwidth_max
