"""Memories made of several SRAMs: banks side by side, each of which holds a part of every word.

CACTI makes one SRAM as wide as it is asked for, and beyond some hundred bits that is a poor one:
its bitlines are short and its wires to the outside many. A designer puts narrower ones side by
side. The wires between banks are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from zigzag_imc.models.hardware.costs.sram import (
    LEAST_BYTES,
    LEAST_ROWS,
    LEAST_WIDTH,
    SINGLE_PORT,
    SramCost,
    SramModel,
    SramShape,
)

STUDY_BANK_BITS = 32
"""Width of the banks of the ICCAD 2023 study."""

STUDY_NODE_NM = 28.0
"""The node of the study, for which it shrinks CACTI's 32 nm."""

_STUDY_CACTI_NODE_NM = 32.0
_STUDY_SHRINK = 0.9 * 0.9
_STUDY_AREA = 2.0


@dataclass(frozen=True, slots=True)
class BestBanks:
    """As many equal banks as cost least energy for a read and a write, a power of two of them.

    Attributes
    ----------
    single
        What one SRAM costs.
    """

    single: SramModel

    def cost(self, shape: SramShape) -> SramCost | None:
        """Costs of all banks together; ``None`` where no number of banks can be built."""
        found = list(self._choices(shape))
        return min(found, key=lambda cost: cost.read_pj + cost.write_pj, default=None)

    def _choices(self, shape: SramShape) -> Iterator[SramCost]:
        banks = 1
        while shape.width_bits >= banks * LEAST_WIDTH and shape.size_bytes >= banks * LEAST_BYTES:
            if shape.width_bits % banks == 0:
                bank = replace(
                    shape,
                    size_bytes=shape.size_bytes / banks,
                    width_bits=shape.width_bits // banks,
                )
                cost = self.single.cost(bank)
                if cost is not None:
                    yield _side_by_side(cost, banks, bank.width_bits)
            banks *= 2


@dataclass(frozen=True, slots=True)
class StudyBanks:
    """SRAMs as in the ICCAD 2023 study "Analog or Digital In-memory Computing?".

    Its 28 nm is CACTI's 32 nm times 0.81 in energy, area and time, other nodes are CACTI's own; a
    memory of more than 32 bits is banks of 32 bits and as many words; the area counts twice; there
    is one port, which reads and writes.

    Attributes
    ----------
    single
        What one SRAM costs.
    """

    single: SramModel

    def cost(self, shape: SramShape) -> SramCost | None:
        """Costs of a memory; ``None`` where it has too few words, or CACTI no solution."""
        if shape.words < LEAST_ROWS:
            return None
        bank_bits = min(shape.width_bits, STUDY_BANK_BITS)
        is_shrunk = shape.node_nm == STUDY_NODE_NM
        shrink = _STUDY_SHRINK if is_shrunk else 1.0
        bank = SramShape(
            size_bytes=shape.words * bank_bits / 8,
            width_bits=bank_bits,
            node_nm=_STUDY_CACTI_NODE_NM if is_shrunk else shape.node_nm,
            ports=SINGLE_PORT,
        )
        cost = self.single.cost(bank)
        if cost is None:
            return None
        banks = shape.width_bits / bank_bits
        scaled = cost.scaled(energy=shrink * banks, area=shrink * _STUDY_AREA * banks, time=shrink)
        return replace(scaled, source=f"{cost.source}, corrected as in the ICCAD 2023 study")


def _side_by_side(cost: SramCost, banks: int, width_bits: int) -> SramCost:
    """Return the costs of several equal banks that work at once."""
    if banks == 1:
        return cost
    source = f"{cost.source}, {banks} banks of {width_bits} bits"
    return replace(cost.scaled(energy=banks, area=banks), source=source)
