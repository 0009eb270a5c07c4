"""Write ``gallery.md`` and its figures: each is made by the commands that stand below it."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from zigzag_imc.commands.app import app

DOCS = Path(__file__).parent
TARGET = DOCS / "gallery.md"
FIGURES = DOCS / "figures"

STUDY = """\
networks: [ds_cnn, resnet8]
accelerators:
  - template: aimc
    ranges: {rows: [64, 128, 256], columns: [64, 128]}
  - template: dimc
    ranges: {rows: [64, 128, 256], columns: [64, 128]}
objectives: [energy]
"""

ROWS = """\
networks: [ds_cnn, resnet8]
accelerators:
  - template: aimc
    ranges: {rows: [64, 128, 256]}
  - template: dimc
    ranges: {rows: [64, 128, 256]}
objectives: [energy]
"""
"""One array for each bar: where columns differ as well, bars would cover each other."""

INTRODUCTION = f"""\
# Gallery

Figures that the tool draws, each with the commands that make it. Those of a sweep are of this
study:

```yaml title="study.yaml"
{STUDY}```

The figure with a bar for each array is of one where only the rows differ:

```yaml title="rows.yaml"
{ROWS}```

More figures, of twelve arrays and four networks, are on the page
[analog or digital](study.md).
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure of the gallery.

    Attributes
    ----------
    name
        Its file, without ending.
    title
        What it is, as a heading.
    told
        What to look at.
    commands
        What makes it, from a folder that has both studies; the last one draws.
    """

    name: str
    title: str
    told: str
    commands: tuple[str, ...]

    @property
    def file(self) -> str:
        """Name of the file that the last command writes."""
        return f"{self.name}.svg"


SWEEP = "zigzag-imc sweep study.yaml -o out"

PICTURES = (
    Picture(
        "gallery-layers",
        "A network, layer by layer",
        "What each layer of ResNet-8 takes, and which part of the accelerator takes it.",
        ("zigzag-imc map resnet8 -a dimc --objective energy --plot gallery-layers.svg",),
    ),
    Picture(
        "gallery-kept",
        "What stays on chip",
        "Tensors of DS-CNN in the SRAM, over the layers, where that makes the energy of the "
        "network least ([between layers](locality.md)).",
        (
            "zigzag-imc map ds_cnn -a dimc --objective energy --locality best"
            " --plot gallery-kept.svg",
        ),
    ),
    Picture(
        "gallery-peaks",
        "What arrays could do at most",
        "Peak TOPS/W and TOPS/mm² over the number of rows.",
        (SWEEP, "zigzag-imc plot out peaks -o gallery-peaks.svg"),
    ),
    Picture(
        "gallery-networks",
        "What they do",
        "The same for whole networks, each layer at its own optimum: the peak is far above them.",
        (SWEEP, "zigzag-imc plot out networks -o gallery-networks.svg"),
    ),
    Picture(
        "gallery-energies",
        "What single layers spend energy on",
        "In pJ for a multiply-accumulate, the largest layer of each network.",
        (
            "zigzag-imc sweep rows.yaml -o rows",
            "zigzag-imc plot rows energies -o gallery-energies.svg",
        ),
    ),
    Picture(
        "gallery-front",
        "Energy, delay and area of arrays",
        "Every point is proved; marks are as large as the area.",
        (SWEEP, "zigzag-imc plot out front -o gallery-front.svg"),
    ),
    Picture(
        "gallery-chips",
        "Published chips",
        "The model of the array beside seven chips ([more](chips.md)).",
        ("zigzag-imc validate --plot gallery-chips.svg",),
    ),
)


@contextlib.contextmanager
def folder_of_its_own() -> Iterator[Path]:
    """Work in a temporary folder that holds the studies."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
        (folder / "rows.yaml").write_text(ROWS, encoding="utf-8")
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


def draw(picture: Picture) -> None:
    """Run the commands of a picture and keep its file."""
    for command in picture.commands:
        said = CliRunner().invoke(app, shlex.split(command)[1:])
        if said.exit_code != 0:
            raise RuntimeError(f"{command}: exit code {said.exit_code}: {said.output}")
    shutil.copy(picture.file, FIGURES / picture.file)


def _section(picture: Picture) -> str:
    commands = "\n".join(picture.commands)
    return (
        f"\n## {picture.title}\n\n{picture.told}\n\n![{picture.title}](figures/{picture.file})\n\n"
        f"```bash\n{commands}\n```\n"
    )


def page() -> str:
    """Return the page in Markdown."""
    return INTRODUCTION + "".join(_section(picture) for picture in PICTURES)


if __name__ == "__main__":
    with folder_of_its_own():
        for one in PICTURES:
            draw(one)
    TARGET.write_text(page(), encoding="utf-8")
