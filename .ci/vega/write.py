"""Bundles the library that draws the charts of pages, as data of the package.

Run from the project's folder: ``python .ci/vega/write.py``, or with ``--check`` to see whether the
file is what it writes. Needs npm. The versions are those of ``package-lock.json``, with their
hashes; a newer one is written there by ``npm install --package-lock-only``.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

INPUTS = Path(__file__).parent
FOLDER = INPUTS.parents[1] / "zigzag_imc" / "report" / "html" / "vega"
NAMES = ("package.json", "package-lock.json", "core.js", "entry.js")


def bundled(folder: Path) -> tuple[str, list[Path]]:
    """Return the bundle, and the folders of the packages of which it has something."""
    for name in NAMES:
        shutil.copy(INPUTS / name, folder)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    subprocess.run(["npm", "ci", *quiet], cwd=folder, check=True)
    subprocess.run(
        [
            "node_modules/.bin/esbuild",
            "entry.js",
            "--alias:vega=./core.js",
            "--bundle",
            "--charset=ascii",
            "--format=iife",
            "--legal-comments=none",  # the licences are written once each, below
            "--log-level=warning",
            "--metafile=used.json",
            "--minify",
            "--outfile=out.js",
            "--target=es2022",
        ],
        cwd=folder,
        check=True,
    )
    used = json.loads((folder / "used.json").read_text(encoding="utf-8"))
    (output,) = used["outputs"].values()
    homes = {
        folder / "node_modules" / source.split("/")[1]
        for source, told in output["inputs"].items()
        if source.startswith("node_modules/") and told["bytesInOutput"]
    }
    return (folder / "out.js").read_text(encoding="ascii").strip(), sorted(homes)


def package_of(home: Path) -> Mapping[str, Any]:
    """Return what a package says of itself."""
    told: Mapping[str, Any] = json.loads((home / "package.json").read_text(encoding="utf-8"))
    return told


def licences(homes: list[Path]) -> str:
    """Return every licence once, headed by the packages that are under it."""
    under: dict[str, list[str]] = {}
    for home in homes:
        text = (home / "LICENSE").read_text(encoding="utf-8").replace("\r\n", "\n").strip()
        told = package_of(home)
        under.setdefault(text, []).append(f"{told['name']} {told['version']}")
    return "\n\n".join(f"{', '.join(names)}:\n\n{text}" for text, names in under.items())


def files() -> dict[str, str]:
    """Return the texts of the files to write, by their names."""
    with tempfile.TemporaryDirectory() as place:
        code, homes = bundled(Path(place))
        heading = f"Of other people, each under its own licence:\n\n{licences(homes)}"
        text = f"/*! {heading}\n*/\n{code}\n"
        told = [package_of(home) for home in homes]
    what = {
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "packages": {
            one["name"]: {"version": one["version"], "licence": one["license"]} for one in told
        },
    }
    return {"vega.js": text, "contents.json": json.dumps(what, indent=2) + "\n"}


def main() -> int:
    """Write the files, or compare them."""
    written = files()
    if "--check" not in sys.argv[1:]:
        for name, text in written.items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    old = [name for name, text in written.items() if (FOLDER / name).read_text("utf-8") != text]
    for name in old:
        print(f"{FOLDER / name} is not what {Path(__file__).name} writes", file=sys.stderr)
    return len(old)


if __name__ == "__main__":
    raise SystemExit(main())
