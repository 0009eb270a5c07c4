"""What is asked of a model of SRAMs, and what it answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from zigzag_imc.core.errors import OptionError

LEAST_BYTES, MOST_BYTES = 64, 2**24
"""Sizes of SRAMs that are modelled, in bytes: 64 B to 16 MiB."""

LEAST_WIDTH, MOST_WIDTH = 8, 4096
"""Widths of accesses that are modelled, in bits."""

LEAST_NODE_NM, MOST_NODE_NM = 22.0, 90.0
"""Nodes that are modelled, in nm."""

LEAST_ROWS = 32
"""Words of the smallest SRAM of a width."""


class SramPorts(NamedTuple):
    """Ports of an SRAM.

    Attributes
    ----------
    read_write
        Ports that do one or the other in a cycle.
    read, write
        Ports that do one of both alone.
    """

    read_write: int
    read: int
    write: int

    @classmethod
    def of(cls, text: str) -> SramPorts:
        """Return the ports of a text such as ``1rw`` or ``1r1w``.

        Raises
        ------
        OptionError
            When it names no ports.
        """
        counts = re.fullmatch(r"(?:(\d)rw)?(?:(\d)r)?(?:(\d)w)?", text)
        ports = cls(*(int(count or 0) for count in counts.groups())) if counts else cls(0, 0, 0)
        reads, writes = ports.read_write + ports.read, ports.read_write + ports.write
        if not reads or not writes:
            raise OptionError(f"sram_ports: found {text!r}, expected some such as 1rw or 1r1w")
        return ports

    def __str__(self) -> str:
        counts = zip(self, ("rw", "r", "w"), strict=True)
        return "".join(f"{count}{kind}" for count, kind in counts if count)


SINGLE_PORT = SramPorts(1, 0, 0)
"""One port that reads or writes."""


@dataclass(frozen=True, slots=True)
class SramShape:
    """An SRAM whose costs are asked for.

    Attributes
    ----------
    size_bytes
        Capacity.
    width_bits
        Bits of one access.
    node_nm
        Technology node in nm.
    ports
        Its ports.
    """

    size_bytes: float
    width_bits: int
    node_nm: float
    ports: SramPorts = SINGLE_PORT

    @property
    def words(self) -> float:
        """Accesses that read all of it."""
        return self.size_bytes * 8 / self.width_bits

    def __str__(self) -> str:
        return (
            f"{self.size_bytes:g} B, {self.width_bits} bits wide, {self.ports}, {self.node_nm:g} nm"
        )


@dataclass(frozen=True, slots=True)
class SramCost:
    """Costs of an SRAM.

    Attributes
    ----------
    read_pj, write_pj
        Energy of one access of full width.
    area_mm2
        Area of one instance.
    access_ns
        Time from address to data.
    source
        Who says so, as files and results name it.
    """

    read_pj: float
    write_pj: float
    area_mm2: float
    access_ns: float
    source: str

    def scaled(self, energy: float, area: float, time: float = 1.0) -> SramCost:
        """Return the costs times a factor for each quantity."""
        return replace(
            self,
            read_pj=self.read_pj * energy,
            write_pj=self.write_pj * energy,
            area_mm2=self.area_mm2 * area,
            access_ns=self.access_ns * time,
        )


class SramModel(Protocol):
    """Whoever knows what SRAMs cost."""

    def cost(self, shape: SramShape) -> SramCost | None:
        """Costs of a shape; ``None`` where there is no such SRAM."""
