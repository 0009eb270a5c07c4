"""Accelerators that ship with the tool, as files in ZigZag's format."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from zigzag_imc.core.errors import AcceleratorError, nearest

_SUFFIX = ".yaml"


def preset_names() -> tuple[str, ...]:
    """Return the names of the accelerators that ship with the tool, sorted."""
    files = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in files if name.endswith(_SUFFIX)))


def preset_path(name: str) -> Path:
    """Return the file of the preset ``name``.

    Raises
    ------
    AcceleratorError
        When there is no such preset.
    """
    names = preset_names()
    if name not in names:
        raise AcceleratorError(
            f"no preset {name!r}; presets are {', '.join(names)}{nearest(name, names)}"
        )
    return Path(str(resources.files(__name__) / f"{name}{_SUFFIX}"))


def preset_text(name: str) -> str:
    """Return the YAML text of the preset ``name``.

    Raises
    ------
    AcceleratorError
        When there is no such preset.
    """
    return preset_path(name).read_text(encoding="utf-8")
