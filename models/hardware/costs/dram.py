"""DRAMs by their kind: energy per bit and bandwidth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class DramKind:
    """What a kind of DRAM costs.

    Attributes
    ----------
    name
        Name of the kind.
    pj_per_bit
        Energy in pJ of a bit read or written, interface included.
    gb_s
        Bandwidth in 10^9 bytes per second of the interface; ``None`` for one that is as wide as
        the array needs in a cycle.
    source
        Who says so.
    """

    name: str
    pj_per_bit: float
    gb_s: float | None
    source: str


_KINDS = (
    DramKind(
        "study", 3.7, None, "ICCAD 2023 study of analog and digital in-memory computing: 3.7 pJ/bit"
    ),
    DramKind(
        "lpddr4",
        8.0,
        17.067,
        "8 pJ/bit: hwcomponents-cacti 1.0.40, public data; 32 pins of 4266 Mb/s: JESD209-4",
    ),
    DramKind(
        "ddr3",
        70.0,
        12.8,
        "70 pJ/bit: hwcomponents-cacti 1.0.40, after Chatterjee et al., MICRO 2017; 64 pins of "
        "1600 Mb/s: JESD79-3",
    ),
    DramKind(
        "hbm2",
        6.25,
        256.0,
        "6.25 pJ/bit: hwcomponents-cacti 1.0.40; a stack of 1024 pins of 2 Gb/s: JESD235A",
    ),
    DramKind(
        "hbm3",
        4.05,
        819.2,
        "4.05 pJ/bit: hwcomponents-cacti 1.0.40; a stack of 1024 pins of 6.4 Gb/s: JESD238",
    ),
)

DRAM_KINDS: Mapping[str, DramKind] = MappingProxyType({kind.name: kind for kind in _KINDS})
"""All kinds by name."""
