"""What is installed is what is in the checkout, and importing it is cheap."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import zigzag_imc

ROOT = Path(__file__).parents[1]
LINKED = ("models", "onnx_workload", "solver")
STAND_INS = {ROOT / "zigzag_imc" / name for name in LINKED}
"""The links, or the plain files that git leaves where it cannot make them."""
HEAVY = ("google.protobuf", "matplotlib", "numpy", "onnx", "ortools", "pydantic", "typer", "yaml")


def _setuptools() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    settings: dict[str, Any] = project["tool"]["setuptools"]
    return settings


def _folder_of(package: str) -> Path:
    """Return the real folder of a package, as setuptools looks it up in ``package-dir``."""
    homes: dict[str, str] = _setuptools()["package-dir"]
    known = max((name for name in homes if f"{package}.".startswith(f"{name}.")), key=len)
    return ROOT / homes[known] / Path(*package[len(known) :].split("."))


def _packages_on_disk() -> set[str]:
    """List packages by the folders that hold Python files; linked ones have installed names."""
    found = set()
    for top in ("zigzag_imc", *LINKED):
        for file in (ROOT / top).rglob("*.py"):
            folder = file.parent.relative_to(ROOT)
            if (
                folder.parts[:1] == ("zigzag_imc",)
                and folder.parts[1:2]
                and folder.parts[1] in LINKED
            ):
                continue  # through the link: counted under its own folder
            found.add(
                ".".join(folder.parts if top == "zigzag_imc" else ("zigzag_imc", *folder.parts))
            )
    return found


def test_every_package_is_listed() -> None:
    """A package that is not listed is missing from the wheel, though all tests pass here."""
    listed = _setuptools()["packages"]
    assert sorted(listed) == sorted(set(listed))
    assert set(listed) == _packages_on_disk()


def test_every_package_has_an_init_file() -> None:
    missing = [
        package
        for package in _setuptools()["packages"]
        if not (_folder_of(package) / "__init__.py").is_file()
    ]
    assert missing == []


def test_every_data_file_is_shipped() -> None:
    """Whatever lies in a package and is no Python file is listed as its data.

    READMEs are for those who read the code; they are not shipped.
    """
    settings = _setuptools()
    for package in settings["packages"]:
        folder = _folder_of(package)
        patterns = settings["package-data"].get(package, [])
        listed = {path for pattern in patterns for path in folder.glob(pattern)}
        assert all(any(folder.glob(pattern)) for pattern in patterns), (
            f"{package}: a pattern matches nothing"
        )
        data = {
            path
            for path in folder.iterdir()
            if path.is_file()
            and path.suffix not in (".py", ".pyc", ".md")
            and path not in STAND_INS
        }
        assert data == listed, package


@pytest.mark.parametrize("name", LINKED)
def test_links_are_relative_and_lead_to_the_folders(name: str) -> None:
    """Where git could not make a link, it left the link's text in a plain file."""
    link = ROOT / "zigzag_imc" / name
    text = os.readlink(link) if link.is_symlink() else link.read_text(encoding="utf-8")
    assert text == f"../{name}"


@pytest.mark.parametrize("links", [True, False], ids=["links", "plain files"])
def test_a_checkout_of_either_kind_finds_the_folders(links: bool, tmp_path: Path) -> None:
    """A small checkout, with links or what git leaves instead: all names lead to the folders."""
    package = tmp_path / "zigzag_imc"
    package.mkdir()
    (package / "core").mkdir()
    for file in ("__init__.py", "core/__init__.py", "core/version.py"):
        shutil.copy(ROOT / "zigzag_imc" / file, package / file)
    for name in LINKED:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("", encoding="utf-8")
        if links:
            (package / name).symlink_to(f"../{name}", target_is_directory=True)
        else:
            (package / name).write_text(f"../{name}", encoding="utf-8")
    imports = ", ".join(f"zigzag_imc.{name}" for name in LINKED)
    script = f"import {imports}; print(len(zigzag_imc.__path__), zigzag_imc.models.__file__)"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    places, file = ran.stdout.strip().split(" ", 1)
    assert int(places) == (1 if links else 2)
    assert Path(file).samefile(tmp_path / "models" / "__init__.py")


def test_importing_the_package_loads_nothing_heavy() -> None:
    script = f"import sys, zigzag_imc; print([name for name in {HEAVY!r} if name in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_every_public_name_is_there() -> None:
    for name in zigzag_imc.__all__:
        assert getattr(zigzag_imc, name) is not None
    assert set(zigzag_imc.__all__) <= set(dir(zigzag_imc))


def test_no_module_hides_a_public_name() -> None:
    """Importing a submodule sets it as an attribute, over a function of the same name."""
    modules = {
        path.stem
        for path in (ROOT / "zigzag_imc").iterdir()
        if path.is_dir() or path.suffix == ".py"
    }
    assert modules.isdisjoint(zigzag_imc.__all__)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="zigzag_imc"):
        zigzag_imc.no_such_name  # noqa: B018


def test_types_are_shipped() -> None:
    assert (ROOT / "zigzag_imc" / "py.typed").read_bytes() == b""
