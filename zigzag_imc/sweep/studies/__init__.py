"""Studies that ship with the tool."""

from __future__ import annotations

from importlib import resources


def study_names() -> list[str]:
    """Return their names."""
    files = resources.files(__name__).iterdir()
    return sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml"))


def study_text(name: str) -> str:
    """Return the file of one of them."""
    return resources.files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
