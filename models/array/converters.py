"""Data converters: fits to published 28 nm macros.

Source: Sun et al., "Benchmarking and modeling of analog and digital SRAM in-memory computing
architectures", 2023. Of a technology they take the supply voltage alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.technology import NODE_28NM, Technology


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
