"""Commands with wrong options, or with values that hardly fit."""

from __future__ import annotations

from random import Random

from tests.fuzz.mutations import REAL, TEXTS, WHOLE, changed_bytes

SHORT = ("--time-limit", "0.5", "--total-time-limit", "1", "-j", "1")
"""Limits with which every search ends soon."""

_OPTIONS: dict[str, tuple[str, ...]] = {
    "map": (
        *("--scope", "--gap", "--seed", "--pareto", "--plot", "--objective", "--method"),
        *("--no-diagonals", "--constraint", "--constraint", "--constraints"),
    ),
    "search": (
        *("--factors", "--samples", "--iterations", "--start-temperature", "--seed"),
        *("--no-diagonals", "--constraint", "--constraints"),
    ),
    "layers": ("--format",),
    "verify": ("--exhaustive", "--prove", "--time-limit", "--format"),
    "explain": ("--jobs", "--time-limit", "--format", "--no-what-if"),
    "export": ("--to", "--layer"),
    "replay": ("--most-steps", "--format"),
    "evaluate": ("--objective", "--format", "--constraint", "--constraints"),
    "crosscheck": ("--engines", "--no-zigzag", "--no-diagonals", "--format"),
    "accelerators": ("--cost-model", "--format", "--summary"),
}
_OF_MODELS = (
    *("--batch", "--shape", "--dim", "--precision", "--layer", "--cost-model", "--out"),
    "--stored",
)
_FLAGS = {
    *("--pareto", "--prove", "--exhaustive", "--no-zigzag", "--no-what-if", "--summary"),
    "--no-diagonals",
}
_VALUES = (
    *map(str, (*WHOLE[:10], *REAL)),
    *TEXTS[:13],
    *("x=1,2,3", "N=2", "sequence=3", "=", "x=", "N=99999999999999999999", "W=4", "W=0,I=-1"),
    *("network", "json", "csv", "loopnest", "zigzag", "energy", "loma,salsa", "imc", "dimc"),
    *("out.json", "out.svg", "out.xyz", "nowhere/out.json", ".", "/dev/null", "first", "b\udcff"),
)
_FITTING: dict[str, tuple[str, ...]] = {
    "--precision": (
        *("W=4", "W=4,I=4,O=12", "I=1,W=1", "W=16,I=16", "O_final=64", "W=1,O=1"),
        *("first:W=2", "*:W=3,I=5", "[a-f]*:I=7", "de*th:O=32", "classify:W=9,I=9,O=9,O_final=9"),
    ),
    "--shape": ("x=1,2,6,6", "x=3,2,6,6", "x=N,2,6,6", "x=1,2,6000,6000", "x=1,2,6"),
    "--dim": ("N=2", "N=64", "N=1000000", "M=2"),
    "--constraint": (
        *("even", "unroll K on D1 = 2", "first: unroll OX on D1 = 2", "allow nothing on D1"),
        *("inner OY *, K 2", "outer OX 2", "order K > C > OX", "stationary W in cells"),
        *("tile OX of I in sram_256KB >= 4", "Conv: even in cells, input_register"),
        *("utilization >= 0.1", "c*: utilization >= 90%", "depthwise: unroll G on D2 >= 2"),
    ),
    "--constraints": ("constraints.yaml", "mapping.yaml", "network.json", "missing.yaml"),
    "--stored": ("best", "first", "second"),
    "--method": ("auto", "cp-sat"),
    "--most-steps": ("1", "40", "100000"),
    "--batch": ("1", "2", "100000", "4294967296"),
    "--layer": ("first", "classify", "depthwise", "First", "MatMul_0"),
    "--out": ("out.json", "out.csv", "out.md", "out.parquet", "deep/er/out.json", "out.JSON"),
    "--plot": ("out.svg", "out.png", "out.pdf"),
    "--cost-model": ("imc", "zigzag", "zigzag-imc"),
    "--objective": ("energy", "latency", "edp"),
    "--to": ("loopnest", "zigzag"),
    "--format": ("json", "table", "csv", "markdown"),
}


def changed_arguments(draw: Random) -> tuple[str, ...]:
    """Return a command with some options, of which some fit and some hardly do."""
    command = draw.choice(tuple(_OPTIONS))
    given, options = _command(command, draw)
    for option in draw.sample(options, min(len(options), draw.choice((1, 1, 2, 3)))):
        given += [option] if option in _FLAGS else [option, _value(option, draw)]
    if draw.random() < 0.2:
        given[draw.randrange(len(given))] = draw.choice(_VALUES)
    return (command, *given)


def _command(command: str, draw: Random) -> tuple[list[str], tuple[str, ...]]:
    """Return what a command cannot do without, and its options."""
    options = _OPTIONS[command]
    if command == "accelerators":
        return [draw.choice(("dimc", "aimc", "mine.yaml", "dim"))], options
    on_results = command in ("verify", "explain", "export", "replay")
    results = ("network.json", "fronts.json", "diagonals.json")
    given = [draw.choice(results)] if on_results else ["convolutions.onnx"]
    if command in ("explain", "replay"):
        given.append("first")
    if not on_results:
        options = (*options, *(_OF_MODELS if command != "layers" else _OF_MODELS[:4]))
    if command in ("map", "search", "evaluate", "crosscheck"):
        given += ["-a", "dimc"]
    given += {"search": ["-e", draw.choice(("loma", "salsa", "random"))]}.get(command, [])
    given += {"evaluate": ["-m", "network.json"]}.get(command, [])
    given += {"crosscheck": ["--time-limit", "0.2", "-j", "1"]}.get(command, [])
    given += list(SHORT) if command in ("map", "search", "explain") else []
    given += list(SHORT) if command == "verify" and draw.random() < 0.5 else []
    return given, options


def _value(option: str, draw: Random) -> str:
    """Draw a value: junk, one that fits, or one that did before something was done to it."""
    fitting = _FITTING.get(option)
    if fitting is None or draw.random() < 0.3:
        return draw.choice(_VALUES)
    value = draw.choice(fitting)
    if draw.random() < 0.5:
        return value
    return changed_bytes(value.encode(), draw).decode("utf-8", "surrogateescape")
