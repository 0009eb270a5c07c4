"""What a cost model is, told by the text of the code that computes it.

A point that was solved by other code is another point: whoever changes a formula, a bound or the
search need not remember to raise a number, and no stale result is ever taken for a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import zigzag_imc.core
import zigzag_imc.library
import zigzag_imc.locality
import zigzag_imc.models
import zigzag_imc.solver

_ROOMS = (
    zigzag_imc.core,
    zigzag_imc.library,
    zigzag_imc.locality,
    zigzag_imc.models,
    zigzag_imc.solver,
)
"""Packages whose code decides what a search returns."""


@lru_cache(maxsize=1)
def model_fingerprint() -> str:
    """Return the SHA-256 of the code of cost model and search, and the version of OR-Tools."""
    digest = hashlib.sha256(metadata.version("ortools").encode())
    for name, path in _files():
        digest.update(f"\0{name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files() -> Iterator[tuple[str, Path]]:
    """Yield the code files of all rooms by name, in one order on every machine."""
    for room in _ROOMS:
        folder = Path(room.__path__[0])
        for path in sorted(folder.rglob("*.py")):
            yield f"{room.__name__}/{path.relative_to(folder).as_posix()}", path
