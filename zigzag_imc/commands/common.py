"""Arguments that several commands share, and what all of them do."""

from __future__ import annotations

import enum
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zigzag_imc.core.constraint_rules import ConstraintRules
    from zigzag_imc.core.space import Space, TileSizes
    from zigzag_imc.library.query import Query


class Format(enum.StrEnum):
    """How a result is printed."""

    TABLE = "table"
    JSON = "json"


class Objective(enum.StrEnum):
    """What is made least."""

    ENERGY = "energy"
    LATENCY = "latency"
    EDP = "edp"


class Stored(enum.StrEnum):
    """Which operand of a product of two activations is written into the array."""

    BEST = "best"
    FIRST = "first"
    SECOND = "second"


class Locality(enum.StrEnum):
    """What stays on chip between layers."""

    NONE = "none"
    BEST = "best"
    ZIGZAG = "zigzag"


class Order(enum.StrEnum):
    """Order of the layers."""

    GRAPH = "graph"
    BEST = "best"


class Method(enum.StrEnum):
    """How optima are proved."""

    AUTO = "auto"
    CP_SAT = "cp-sat"


class TileSizesName(enum.StrEnum):
    """Sizes of a dimension's tiles."""

    DIVISORS = "divisors"
    ANY_OUTERMOST = "any-outermost"


class Scope(enum.StrEnum):
    """Of what it is made least."""

    LAYER = "layer"
    NETWORK = "network"


def shipped_networks(incomplete: str) -> list[str]:
    """Return names of networks that begin so, for the shell; files it completes itself."""
    from zigzag_imc.onnx_workload.shipped import NETWORKS

    return [name for name in NETWORKS if name.startswith(incomplete)]


def presets(incomplete: str) -> list[str]:
    """Return names of accelerators that begin so, for the shell."""
    from zigzag_imc.models.hardware.presets import preset_names

    return [name for name in preset_names() if name.startswith(incomplete)]


ModelArgument = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="ONNX file, or a network that ships with the tool (see `networks`).",
        autocompletion=shipped_networks,
    ),
]
AcceleratorOption = Annotated[
    str,
    typer.Option(
        "--accelerator",
        "-a",
        metavar="A",
        help="YAML file in ZigZag's format, or a preset (see `accelerators`).",
        autocompletion=presets,
    ),
]
ObjectiveOption = Annotated[Objective, typer.Option("--objective", help="What to make least.")]
CostModelOption = Annotated[
    str,
    typer.Option(
        "--cost-model", metavar="NAME", help="imc, zigzag or zigzag-imc; see docs/cost-model.md."
    ),
]
BatchOption = Annotated[
    int | None,
    typer.Option("--batch", metavar="N", min=1, help="Batch size of a model that leaves it open."),
]
ShapeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--shape",
        metavar="NAME=SIZES",
        help="All sizes of an input that leaves some open, such as x=1,3,224,224; repeatable.",
    ),
]
DimOption = Annotated[
    list[str] | None,
    typer.Option(
        "--dim",
        metavar="SYMBOL=SIZE",
        help="The size that a symbol of the inputs stands for, such as sequence=128; repeatable.",
    ),
]
PrecisionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--precision",
        metavar="[LAYER:]BITS",
        help=(
            "Bits of weights W, inputs I, partial sums O and finished outputs O_final, such as "
            "W=4,I=8; for the others, the model's own or else the array's. Of some layers by name "
            "or pattern: 'conv*:W=4,I=4'. Repeatable: a name wins over a pattern, a pattern over "
            "all layers, the last over earlier ones."
        ),
    ),
]
ConstraintOption = Annotated[
    list[str] | None,
    typer.Option(
        "--constraint",
        "-c",
        metavar="[LAYER:]TEXT",
        help=(
            "What mappings have to keep, such as 'unroll K on D1 = 16', 'order K > C' or "
            "'stationary W in cells'; of some layers by name, pattern or operator type: "
            "'Conv: even'. Repeatable; see docs/constraints.md."
        ),
    ),
]
ConstraintsOption = Annotated[
    str | None,
    typer.Option(
        "--constraints", metavar="FILE", help="YAML file of constraints, or ZigZag's mapping file."
    ),
]
StoredOption = Annotated[
    Stored,
    typer.Option(
        "--stored",
        help=(
            "Which operand of a product of two activations is written into the array: the first "
            "or second in the graph, or the better of both."
        ),
    ),
]
LocalityOption = Annotated[
    Locality,
    typer.Option(
        "--locality",
        help=(
            "What stays on chip between layers: nothing, what makes the objective of the network "
            "least, or what ZigZag's greedy rule keeps (then --scope is network)."
        ),
    ),
]
KeepEndsOption = Annotated[
    bool,
    typer.Option(
        "--keep-ends",
        help="With --locality, inputs and results of the network may stay on chip, too.",
    ),
]
InferencesOption = Annotated[
    int,
    typer.Option(
        "--inferences",
        metavar="N",
        help=(
            "With --locality, weights that fit into a memory, of all layers, may stay there and be "
            "loaded once for N inferences; figures are of one of them."
        ),
    ),
]
OrderOption = Annotated[
    Order,
    typer.Option(
        "--order",
        help=(
            "With --locality best: layers in the order of the graph, or in the best one, chosen "
            "together with what stays."
        ),
    ),
]
LayerOption = Annotated[
    list[str] | None,
    typer.Option(
        "--layer",
        metavar="NAME",
        help="Only this layer, or those of a pattern such as 'conv*'; repeatable.",
    ),
]
OutOption = Annotated[
    str | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help="Write the result to a .json file, or a table of its layers to .csv, .parquet or .md.",
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="What to print on stdout.")]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", metavar="N", min=1, help="Layers searched side by side; default: all cores."
    ),
]
TimeLimitOption = Annotated[
    float | None,
    typer.Option(
        "--time-limit",
        metavar="S",
        help="Seconds per distinct layer; then its best so far, with a gap.",
    ),
]
TotalTimeLimitOption = Annotated[
    float | None, typer.Option("--total-time-limit", metavar="S", help="Seconds for everything.")
]
DiagonalsOption = Annotated[
    bool,
    typer.Option(
        "--diagonals/--no-diagonals",
        help=(
            "Whether windows and groups may lie diagonally on the array; not under the cost model "
            "zigzag."
        ),
    ),
]
TileSizesOption = Annotated[
    TileSizesName | None,
    typer.Option(
        "--tile-sizes",
        help=(
            "any-outermost: the last tile of a dimension may be shorter; or tiles that divide each "
            "other and the whole. Default: any-outermost; divisors under the cost model zigzag, "
            "for fronts, and with --method cp-sat."
        ),
        show_default=False,
    ),
]
DivisorsOnlyOption = Annotated[
    bool,
    typer.Option(
        "--divisors-only",
        help="Tiles that divide, whatever --tile-sizes or zigzag-imc.toml says: quicker.",
    ),
]
StudyTileSizesOption = Annotated[
    TileSizesName | None,
    typer.Option(
        "--tile-sizes",
        help=(
            "Tiles that divide, or any-outermost, in place of what the study says; those that "
            "divide where it says nothing."
        ),
        show_default=False,
    ),
]
StudyDivisorsOnlyOption = Annotated[
    bool, typer.Option("--divisors-only", help="Tiles that divide, whatever else is said.")
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress, notices or warnings on stderr.")
]

WRONG_INPUT = 2
"""Exit code when an input is wrong, as for a wrong option."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

LONGEST_LINE = 470
"""Characters of the longest line on stderr; names and paths may have thousands."""


def expect_searches(jobs: int | None, layers: list[str] | None) -> None:
    """Have the solver imported beside this process, where searches will run side by side."""
    from zigzag_imc.core.patterns import is_pattern

    is_single = len(layers or ()) == 1 and not any(map(is_pattern, layers or ()))
    if jobs == 1 or is_single:
        return
    from zigzag_imc.runs.cores import available_cores

    if (jobs or available_cores()) > 1:
        from zigzag_imc.runs.starting import expect_workers

        expect_workers()


def space_of(
    query: Query,
    diagonals: bool,
    tile_sizes: TileSizesName | None = None,
    divisors_only: bool = False,
) -> Space:
    """Return the mapspace that is asked for.

    Parameters
    ----------
    query
        What decides the space where nothing else is said.
    diagonals
        Whether these are asked for, as far as the cost model knows them.
    tile_sizes, divisors_only
        Which tiles; where those that divide are asked for alone, whatever else is.

    Raises
    ------
    OptionError
        When there is no such cost model.
    """
    default = query.mapspace
    asked = asked_tile_sizes(tile_sizes, divisors_only) or default.tile_sizes
    return replace(default, tile_sizes=asked, diagonals=default.diagonals and diagonals)


def asked_tile_sizes(tile_sizes: TileSizesName | None, divisors_only: bool) -> TileSizes | None:
    """Return which tiles are asked for; ``None`` where nobody says."""
    if divisors_only:
        return "divisors"
    return None if tile_sizes is None else tile_sizes.value


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Put the name of a file before what is wrong with its contents."""
    from zigzag_imc.core.errors import OptionError, ResultError, ZigzagImcError

    try:
        yield
    except OptionError:
        raise
    except ZigzagImcError as error:
        raise ResultError(f"{path}: {error}") from None


def asked_constraints(texts: list[str] | None, file: str | None) -> ConstraintRules:
    """Return what is asked on the command line and in a file."""
    from zigzag_imc.core.constraint_rules import constraint_rules_of

    asked = constraint_rules_of(texts or [])
    if file is None:
        return asked
    from zigzag_imc.exchange.constraint_file import read_constraints

    return read_constraints(file).and_also(asked)


def say_written(path: str, what: str, quiet: bool) -> None:
    """Say on stderr that a file was written."""
    if not quiet:
        from zigzag_imc.report.terminal.console import notice

        notice(f"{path}: {what} written")
