"""What can be wrong with any entry of an accelerator file.

Every check, here and in ``array_checks``, ``memory_checks`` and ``hierarchy``, yields ``(path of
the field, message)``, the most telling problem first. A later check may rely on the earlier ones:
only the first problem is ever shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zigzag_imc.core.errors import nearest
from zigzag_imc.models.hardware.schema import shown

Problem = tuple[str, str]
"""Path of a field, and what is wrong with it."""


def name_problems(path: str, name: str) -> Iterator[Problem]:
    """Yield what is wrong with a name: tables and messages of one line show it."""
    if not name.strip() or not name.isprintable():
        yield path, f"found the name {shown(name)}, expected printable characters"


def unknown_dimension(name: str, dimensions: Sequence[str]) -> str:
    """Say that the array has no dimension of a name."""
    near = nearest(name, dimensions)
    return f"found {shown(name)}, expected one of the array's dimensions {listed(dimensions)}{near}"


def listed(names: Sequence[str]) -> str:
    """Return names as a file lists them."""
    return f"[{', '.join(names)}]"
