"""Where a result comes from, and how to check it."""

from __future__ import annotations

import hashlib
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from zigzag_imc.results.reading import source_name
from zigzag_imc.results.result import NetworkResult


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a page is made from.

    Attributes
    ----------
    path
        As it was named.
    digest
        SHA-256 of its contents, in hexadecimal; ``None`` of what was never a file.
    """

    path: str
    digest: str | None

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Source:
        """Describe a file; a pipe is read only once, and has no digest."""
        file = Path(path)
        content = file.read_bytes() if file.is_file() else None
        digest = None if content is None else hashlib.sha256(content).hexdigest()
        return cls(source_name(path), digest)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a result comes from.

    Attributes
    ----------
    source
        The file of the result.
    facts
        What computed it from what, as names and texts.
    commands
        What checks it: the first without the solver, the second proves it again.
    """

    source: Source
    facts: tuple[tuple[str, str], ...]
    commands: tuple[str, ...]


def provenance_of(result: NetworkResult, source: Source) -> Provenance:
    """Say where a result comes from."""
    versions, limits, hardware = result.versions, result.limits, result.hardware
    facts = {
        "network": result.network.name,
        "model file": result.network.path or "from memory",
        "batch": "as in the model" if result.batch is None else str(result.batch),
        "accelerator": result.accelerator.name,
        "SHA-256 of the accelerator": result.accelerator.digest,
        "objective": f"{result.objective} per {result.scope}",
        "cost model": result.cost_model,
        "seed": str(result.seed),
        "limits": _limits(limits.time_limit_s, limits.total_time_limit_s, limits.gap),
        "made by": f"zigzag-imc {versions.zigzag_imc}, Python {versions.python}"
        + (f", OR-Tools {versions.ortools}" if versions.ortools else ""),
    }
    if hardware is not None and hardware.cost_sources:
        facts |= {f"costs of {part}": said for part, said in hardware.cost_sources.items()}
    if source.digest is not None:
        facts["SHA-256 of the result"] = source.digest
    file = shlex.quote(source.path)
    return Provenance(
        source,
        tuple(facts.items()),
        (f"zigzag-imc verify {file}", f"zigzag-imc verify {file} --prove"),
    )


def _limits(each: float | None, all_together: float | None, gap: float) -> str:
    said = [
        *([f"{each:g} s a layer"] if each is not None else []),
        *([f"{all_together:g} s in all"] if all_together is not None else []),
        *([f"a gap of {gap:g}"] if gap else []),
    ]
    return ", ".join(said) or "none"
