"""Data converters: fits to published 28 nm macros, and a regression on a survey of ADCs.

Source of the fits: Sun et al., "Benchmarking and modeling of analog and digital SRAM in-memory
computing architectures", 2023. Of a technology they take the supply voltage alone.

Source of the regression: T. Andrulis, R. Chen, H. Lee, J. Emer, V. Sze, "Modeling
analog-digital-converter energy and area for compute-in-memory accelerator design", arXiv
2404.06553, with the coefficients of its tool, accelergy-adc-plug-in, for B. Murmann's survey of
1997 to 2023. It says what the best published converters of a rate and a resolution take.
"""

from __future__ import annotations

import math
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


LEAST_SURVEY_BITS = 4
"""Fewest bits of an ADC for which the regression is meant."""


def survey_adc(bits: float, rows: int, tech: Technology = NODE_28NM) -> Converter:
    """Cost of one ADC by the regression, at the rate that the fit's delay allows.

    From 4 bits on: the survey has hardly any ADC of fewer. It gives no delay of its own: a
    conversion takes as long as in the fit, and the converter makes as many a second. With ``n`` the
    node in nm and ``f`` the rate in Hz, the signal-to-noise ratio is that of ``b`` bits,
    ``6.02 b + 1.76`` dB; the best figure of merit (Schreier, dB) the smaller of ``128.3 + 3.22 b``
    and ``213.8 - 2.872 ln f``; the energy in pJ
    ``10**((ratio - merit) / 10) / 2 * exp(24.58) * n**1.880 / b**2.829``; and the area in um2
    ``exp(1.346) * n**0.993 * f**0.181 * energy**0.299``.
    """
    fitted = adc(bits, rows, tech)
    if bits == 0:
        return fitted
    rate_hz = 1e9 / fitted.delay_ns
    ratio_db = 20 * math.log10(2) * bits + 10 * math.log10(1.5)
    by_resolution_db = 128.3068287 + 3.2205115 * bits
    by_rate_db = 213.7806687 - 2.8719030 * math.log(rate_hz)
    merit_db = min(by_resolution_db, by_rate_db)
    energy_pj = (
        10 ** ((ratio_db - merit_db) / 10)
        / 2
        * math.exp(26.0496216 - 1.4702022)
        * tech.node_nm**1.8800369
        / bits**2.8291256
    )
    area_um2 = (
        math.exp(1.3461916) * tech.node_nm**0.9932795 * rate_hz**0.1807154 * energy_pj**0.2991243
    )
    return Converter(energy_pj, area_um2 * 1e-6, fitted.delay_ns)


ADC_MODELS = {"fit": adc, "survey": survey_adc}
"""Models of an ADC, as accelerator files name them."""

ADC_SOURCES = {
    "fit": "fit to published 28 nm macros (Sun et al., 2023)",
    "survey": "regression on a survey of published ADCs (Andrulis et al., arXiv 2404.06553)",
}
"""Who says what an ADC of each model costs."""


def dac(bits: float, tech: Technology = NODE_28NM) -> Converter:
    """Cost of one DAC: ``50 b fF * V**2``; a one-bit input needs only the wordline driver.

    Area and delay neglected.
    """
    return Converter(0.0 if bits == 1 else tech.swing_pj(50e-3 * bits), 0.0, 0.0)
