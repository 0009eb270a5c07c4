"""The ``technology`` block of an accelerator file: gate constants in and out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

from zigzag_imc.core.technology import NODE_28NM, Technology
from zigzag_imc.models.hardware.problems import Problem
from zigzag_imc.models.hardware.schema import TechnologyEntry

_NAND2 = ("nand2_pf", "nand2_ns", "nand2_mm2")


def technology_problems(entry: TechnologyEntry | None) -> Iterator[Problem]:
    """Yield what is wrong with the block: another node needs gates of its own."""
    if entry is None or entry.node_nm in (None, NODE_28NM.node_nm):
        return
    missing = [key for key in _NAND2 if getattr(entry, key) is None]
    if missing:
        yield (
            "technology.node_nm",
            f"found {entry.node_nm:g}, but the constants built in are those of "
            f"{NODE_28NM.node_nm:g} nm and do not scale; give {', '.join(missing)}, too",
        )


def technology_of(entry: TechnologyEntry | None) -> Technology:
    """Return the constants of a block; those of 28 nm where there is none."""
    given = {} if entry is None else entry.model_dump(exclude_none=True)
    base = {"node_nm", "supply_v", *_NAND2}
    gate = {key: float(given.get(key, getattr(NODE_28NM, key))) for key in base}
    rest = {key: float(value) for key, value in given.items() if key not in base}
    return replace(Technology.of_nand2(**gate), **rest)


def technology_contents(technology: Technology) -> dict[str, float] | None:
    """Return the block of a file; ``None`` where the default says it all."""
    return None if technology == NODE_28NM else asdict(technology)
