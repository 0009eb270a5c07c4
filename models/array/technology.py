"""Gate constants of the 28 nm technology and what the basic cells built of them cost.

Source: unified cost model of Sun et al., "Benchmarking and modeling of analog and digital SRAM
in-memory computing architectures", 2023 (constants fitted to published 28 nm macros). Capacitances
in pF, areas in mm2, delays in ns, energies in pJ (one full swing of a capacitance costs ``C *
V**2``).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Technology:
    """Constants of a technology node; every derived figure scales with the NAND2 gate.

    Attributes
    ----------
    supply_v
        Supply voltage in V.
    nand2_pf, nand2_ns, nand2_mm2
        Capacitance, delay and area of a NAND2 gate.
    """

    supply_v: float = 0.9
    nand2_pf: float = 0.7e-3
    nand2_ns: float = 0.0478
    nand2_mm2: float = 0.614e-6

    # A cell loads its word- or bitline with half a NAND2; an XOR2 is 1.5 NAND2 of capacitance and
    # 2.4 of area and delay; a flip-flop is 3 NAND2 of capacitance and 6 of area.
    @property
    def line_pf(self) -> float:
        """Capacitance one SRAM cell adds to its wordline or bitline."""
        return self.nand2_pf / 2

    @property
    def xor2_pf(self) -> float:
        """Capacitance of an XOR2 gate."""
        return 1.5 * self.nand2_pf

    @property
    def xor2_ns(self) -> float:
        """Delay of an XOR2 gate."""
        return 2.4 * self.nand2_ns

    def swing_pj(self, capacitance_pf: float) -> float:
        """Energy of one full swing of a capacitance."""
        return capacitance_pf * self.supply_v**2

    # --- one-bit multiplier: a NOR gate; the stored weight is constant, so only half of it switches
    @property
    def multiplier_pj(self) -> float:
        """Energy of a one-bit multiplication."""
        return 0.5 * self.swing_pj(self.nand2_pf)

    # --- one-bit full adder: three NAND2 and two XOR2
    @property
    def adder_pj(self) -> float:
        """Energy of a full adder whose inputs both switch."""
        return self.swing_pj(3 * self.nand2_pf + 2 * self.xor2_pf)

    @property
    def idle_carry_adder_pj(self) -> float:
        """Energy of a full adder with one constant input.

        No carry arises, only the XOR2 gates switch.
        """
        return self.swing_pj(2 * self.xor2_pf)

    @property
    def adder_mm2(self) -> float:
        """Area of a full adder."""
        return (3 + 2 * 2.4) * self.nand2_mm2

    @property
    def adder_sum_ns(self) -> float:
        """Input to sum."""
        return 2 * self.xor2_ns

    @property
    def adder_carry_ns(self) -> float:
        """Input to carry out."""
        return self.xor2_ns + 2 * self.nand2_ns

    @property
    def carry_ripple_ns(self) -> float:
        """Carry in to carry out."""
        return 2 * self.nand2_ns

    # --- one-bit register: a flip-flop
    @property
    def register_pj(self) -> float:
        """Energy of a one-bit register."""
        return self.swing_pj(3 * self.nand2_pf)

    @property
    def register_mm2(self) -> float:
        """Area of a one-bit register."""
        return 6 * self.nand2_mm2


NODE_28NM = Technology()


@dataclass(frozen=True, slots=True)
class Converter:
    """Energy, area and delay of one data converter.

    Attributes
    ----------
    energy_pj
        Energy of one conversion.
    area_mm2
        Area of one converter.
    delay_ns
        Delay of one conversion.
    """

    energy_pj: float
    area_mm2: float
    delay_ns: float


def adc(bits: float, rows: int, tech: Technology = NODE_28NM) -> Converter:
    """Cost of one ADC of ``bits`` on a bitline of ``rows`` cells.

    Fit to published 28 nm analog macros: energy ``(100 b + 0.001 * 4**b) fF * V**2``, delay
    ``b * (0.00653 rows + 0.640) ns``, area ``10**(-0.0369 b + 1.206) * 2**b um2``.
    """
    if bits == 0:
        return Converter(0.0, 0.0, 0.0)
    energy_pj = (100 * bits + 0.001 * 4**bits) * tech.supply_v**2 / 1000
    # A one-bit converter is a sense amplifier; its area is counted with the array.
    area_mm2 = 0.0 if bits == 1 else 10 ** (-0.0369 * bits + 1.206) * 2**bits * 1e-6
    return Converter(energy_pj, area_mm2, bits * (0.00653 * rows + 0.640))


def dac(bits: float, tech: Technology = NODE_28NM) -> Converter:
    """Cost of one DAC: ``50 b fF * V**2``; a one-bit input needs only the wordline driver.

    Area and delay neglected.
    """
    return Converter(0.0 if bits == 1 else tech.swing_pj(50e-3 * bits), 0.0, 0.0)
