"""Cases by number: some files, one of them changed, and the command that reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.fuzz.arguments import SHORT, changed_arguments
from tests.fuzz.mutations import changed_json, changed_text, changed_yaml
from tests.fuzz.onnx_mutations import changed_model

DATA = Path(__file__).parents[1] / "data"
SEEDS = DATA / "fuzz"
MODELS = ("branches", "convolutions", "functions", "quantized", "reshapes", "sequences")


@dataclass(frozen=True, slots=True)
class Case:
    """A command and the files in the folder where it runs.

    Attributes
    ----------
    number
        Draws the same case again.
    arguments
        The command and its options.
    files
        Contents by name.
    """

    number: int
    arguments: tuple[str, ...]
    files: dict[str, bytes] = field(default_factory=dict)


def case(number: int) -> Case:
    """Draw a case."""
    draw = Random(number)
    kind = draw.choice(_KINDS)
    arguments, files = kind(draw)
    return Case(number, (*arguments,), {**_other_files(arguments), **files})


Drawn = tuple[tuple[str, ...], dict[str, bytes]]


def _accelerator(draw: Random) -> Drawn:
    """Change an accelerator file."""
    name = draw.choice(("accelerator_small.yaml", "fuzz/imc.yaml", "fuzz/old_form.yaml"))
    text = (DATA / name).read_text(encoding="utf-8")
    files = {"mine.yaml": changed_yaml(text, draw)}
    commands: tuple[tuple[str, ...], ...] = (
        ("map", "convolutions.onnx", "-a", "mine.yaml", *SHORT),
        ("map", "convolutions.onnx", "-a", "mine.yaml", "--pareto", *SHORT),
        ("evaluate", "convolutions.onnx", "-a", "mine.yaml", "-m", "network.json"),
        ("accelerators", "mine.yaml", "--summary"),
    )
    return draw.choice(commands), files


def _workload(draw: Random) -> Drawn:
    """Change a workload file of ZigZag."""
    text = (SEEDS / "workload.yaml").read_text(encoding="utf-8")
    files = {"net.yaml": changed_yaml(text, draw)}
    commands: tuple[tuple[str, ...], ...] = (
        ("layers", "net.yaml"),
        ("map", "net.yaml", "-a", "dimc", *SHORT),
        ("evaluate", "net.yaml", "-a", "dimc", "-m", "network.json"),
    )
    return draw.choice(commands), files


def _model(draw: Random) -> Drawn:
    """Change a model."""
    name = draw.choice(MODELS)
    files = {"net.onnx": changed_model((SEEDS / f"{name}.onnx").read_bytes(), draw)}
    sizes = {"sequences": ("--dim", "sequence=4"), "convolutions": ("--batch", "2")}.get(name, ())
    if draw.random() < 0.7:
        return ("layers", "net.onnx", *sizes), files
    return ("map", "net.onnx", "-a", "dimc", *sizes, *SHORT), files


def _result(draw: Random) -> Drawn:
    """Change a result."""
    name = draw.choice(("layers.json", "network.json", "fronts.json", "diagonals.json"))
    text = (SEEDS / name).read_text(encoding="utf-8")
    files = {"r.json": changed_json(text, draw)}
    commands = (
        ("verify", "r.json"),
        ("verify", "r.json", "--format", "json"),
        ("verify", "r.json", "--prove", *SHORT),
        ("explain", "r.json", draw.choice(("first", "MatMul_0")), "--no-what-if"),
        ("explain", "r.json", draw.choice(("first", "MatMul_0")), *SHORT),
        ("replay", "r.json", draw.choice(("first", "depthwise", "MatMul_0"))),
        ("export", "r.json"),
        ("export", "r.json", "--to", "zigzag"),
        ("evaluate", "convolutions.onnx", "-a", "dimc", "-m", "r.json"),
    )
    return draw.choice(commands), files


def _mapping(draw: Random) -> Drawn:
    """Change a loop nest, or a mapping of ZigZag."""
    if draw.random() < 0.5:
        text = (SEEDS / "nest.txt").read_text(encoding="utf-8")
        pieces = ("for K in [0, 0)", "parfor C in [0, 2) on D9", "layer first", "loopnest 2", ":")
        content = changed_text(text, draw, pieces)
    else:
        content = changed_json((SEEDS / "complete.json").read_text(encoding="utf-8"), draw)
    return ("evaluate", "convolutions.onnx", "-a", "dimc", "-m", "m.txt"), {"m.txt": content}


def _constraints(draw: Random) -> Drawn:
    """Change a file of constraints, of our own form or ZigZag's."""
    name = draw.choice(("constraints.yaml", "mapping.yaml"))
    files = {"c.yaml": changed_yaml((SEEDS / name).read_text(encoding="utf-8"), draw)}
    given = ("convolutions.onnx", "-a", "dimc", "--constraints", "c.yaml")
    commands: tuple[tuple[str, ...], ...] = (
        ("map", *given, *SHORT),
        ("map", *given, "--pareto", *SHORT),
        ("search", *given, "-e", "salsa", "--iterations", "20", *SHORT),
        ("evaluate", *given, "-m", "diagonals.json"),
    )
    return draw.choice(commands), files


def _arguments(draw: Random) -> Drawn:
    """Change the arguments of a command."""
    return changed_arguments(draw), {}


_KINDS: tuple[Callable[[Random], Drawn], ...] = (
    _accelerator,
    _accelerator,
    _model,
    _model,
    _model,
    _result,
    _result,
    _mapping,
    _workload,
    _constraints,
    _arguments,
)


def _other_files(arguments: tuple[str, ...]) -> dict[str, bytes]:
    """Files that the command reads and that are as they should be."""
    return {name: (SEEDS / name).read_bytes() for name in _UNCHANGED if name in arguments}


_UNCHANGED = (
    *("convolutions.onnx", "network.json", "fronts.json", "diagonals.json"),
    *("constraints.yaml", "mapping.yaml"),
)
