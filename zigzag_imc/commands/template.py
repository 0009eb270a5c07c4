"""``zigzag-imc template``."""

from __future__ import annotations

import enum
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zigzag_imc.commands.common import CostModelOption, QuietOption, say_written
from zigzag_imc.commands.outputs import check_outputs
from zigzag_imc.commands.stdout import print_text

if TYPE_CHECKING:
    from zigzag_imc.models.hardware.costs.sram import SramModel
    from zigzag_imc.models.hardware.templates.template import Template


class Kind(enum.StrEnum):
    """What computes in the array."""

    AIMC = "aimc"
    DIMC = "dimc"


class Place(enum.StrEnum):
    """A memory."""

    SRAM = "sram"
    DRAM = "dram"


class SramFigures(enum.StrEnum):
    """Whose SRAM."""

    CACTI = "cacti"
    STUDY = "study"


class AdcFigures(enum.StrEnum):
    """Whose ADC."""

    FIT = "fit"
    SURVEY = "survey"


_OWN = frozenset(("out", "describe", "cacti", "cost_model", "quiet", "technology"))
"""Options that are no parameters of the template."""

Cells = Annotated[int, typer.Option(metavar="N", help="Cells along a bitline of a macro.")]
CactiOption = Annotated[
    str | None,
    typer.Option(
        "--cacti",
        metavar="PATH",
        help="Ask this CACTI program; 'installed' for that of the extra zigzag.",
    ),
]


def template_command(  # noqa: PLR0913  (options of the command line)
    ctx: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="Analog (aimc) or digital (dimc).")],
    rows: Cells = 128,
    columns: Annotated[
        int, typer.Option(metavar="N", help="Cells along a wordline of a macro: bits, not weights.")
    ] = 128,
    weights_per_cell: Annotated[
        int, typer.Option(metavar="N", help="Weights that each multiplier holds.")
    ] = 1,
    macros: Annotated[int, typer.Option(metavar="N", help="Macros under the same memories.")] = 1,
    weight_bits: Annotated[int, typer.Option(metavar="N", help="Bits of a weight.")] = 8,
    activation_bits: Annotated[int, typer.Option(metavar="N", help="Bits of an activation.")] = 8,
    bits_per_cycle: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Activation bits per clock cycle; default: 2 where analog, else 1."
        ),
    ] = None,
    adc_bits: Annotated[
        str,
        typer.Option(metavar="N", help="Bits of an ADC; auto: bits per cycle + 1/2 log2 of rows."),
    ] = "auto",
    adc_model: Annotated[
        AdcFigures, typer.Option(help="ADCs by a fit to macros of 28 nm, or by a survey.")
    ] = AdcFigures.FIT,
    adcs_per_output: Annotated[
        int | None,
        typer.Option(metavar="N", help="ADCs of a column of weights; default: one per bitline."),
    ] = None,
    conversion_phases: Annotated[
        int, typer.Option(metavar="N", help="Conversions of an ADC after each other in a cycle.")
    ] = 1,
    enable_lines: Annotated[
        bool,
        typer.Option("--enable-lines", help="A line along every row that enables its weights."),
    ] = False,
    booth: Annotated[
        bool, typer.Option("--booth", help="Recode two activation bits as one digit.")
    ] = False,
    accumulator_bits: Annotated[
        int | None, typer.Option(metavar="N", help="Width of accumulators; default: of the sum.")
    ] = None,
    accumulators_first: Annotated[
        bool, typer.Option("--accumulators-first", help="Accumulate before the adder tree.")
    ] = False,
    trees_per_weight_bit: Annotated[
        bool,
        typer.Option("--trees-per-weight-bit", help="An adder tree for each bit of the weights."),
    ] = False,
    tree_stages: Annotated[
        int, typer.Option(metavar="N", help="Stages of the pipeline in an adder tree.")
    ] = 1,
    pipeline_after: Annotated[
        list[str] | None,
        typer.Option(metavar="PART", help="A register behind adcs, mults, …; repeatable."),
    ] = None,
    output_bits: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Bits of an output register; default: activation + weight bits."
        ),
    ] = None,
    technology: Annotated[
        str, typer.Option(metavar="NM,V", help="Node and supply, such as 22nm,0.8V.")
    ] = "28nm,0.9V",
    activations_in: Annotated[
        Place, typer.Option(help="The highest memory of inputs and outputs.")
    ] = Place.SRAM,
    weights_from: Annotated[
        Place, typer.Option(help="The highest memory of weights.")
    ] = Place.DRAM,
    sram_kb: Annotated[
        float, typer.Option(metavar="KB", help="Capacity of the SRAM in 1024 bytes.")
    ] = 256,
    sram_model: Annotated[
        SramFigures, typer.Option(help="CACTI as it is, or as the ICCAD 2023 study corrects it.")
    ] = SramFigures.STUDY,
    sram_ports: Annotated[
        str | None,
        typer.Option(metavar="PORTS", help="Such as 1rw; default: 3r3w, or with cacti 1r1w."),
    ] = None,
    sram_bits_per_cycle: Annotated[
        int | None,
        typer.Option(metavar="N", help="Width of the SRAM; default: for all rows or columns."),
    ] = None,
    dram: Annotated[
        str, typer.Option(metavar="KIND", help="study, lpddr4, ddr3, hbm2 or hbm3.")
    ] = "study",
    dram_pj_per_bit: Annotated[
        float | None, typer.Option(metavar="PJ", help="Energy of the DRAM; default: of its kind.")
    ] = None,
    dram_gb_s: Annotated[
        float | None,
        typer.Option(metavar="GB/S", help="Bandwidth of the DRAM; default: of its kind."),
    ] = None,
    dram_mb: Annotated[
        int, typer.Option(metavar="MB", help="Capacity of the DRAM in 1024 x 1024 bytes.")
    ] = 100,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the accelerator.")
    ] = None,
    cacti: CactiOption = None,
    describe: Annotated[
        bool, typer.Option("--describe", help="Print area, clock, peak and memories instead.")
    ] = False,
    cost_model: CostModelOption = "imc",
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", metavar="FILE", help="Write the file; default: stdout."),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Write an accelerator's file from a few parameters.

    With the source of each cost. What cannot be built is refused.
    """
    from zigzag_imc.models.hardware.templates.template import Template
    from zigzag_imc.results.replacing import check_writable
    from zigzag_imc.results.writing import write_text

    check_outputs({"--out": out}, (), to_stdout="; the file goes to stdout without it")
    if out is not None:
        check_writable(out)
    template = Template(**_parameters(ctx.params))
    sram = sram_model_of(cacti)
    text = template.text(sram)
    if out is not None:
        write_text(text, out)
        say_written(out, "accelerator", quiet)
    if describe:
        _describe(template, sram, cost_model)
    elif out is None:
        print_text(text)


def sram_model_of(cacti: str | None) -> SramModel | None:
    """Return the CACTI program of ``--cacti``, with answers kept; ``None`` for the table.

    Raises
    ------
    OptionError
        When there is none.
    """
    if cacti is None:
        return None
    from zigzag_imc.core.errors import OptionError
    from zigzag_imc.models.hardware.costs.cacti import Cacti
    from zigzag_imc.models.hardware.costs.kept import Kept

    found = Cacti.installed() if cacti == "installed" else Cacti(Path(cacti))
    if found is None:
        raise OptionError(
            "--cacti: the extra zigzag, which brings CACTI, is not installed; expected the path of "
            "a program"
        )
    return Kept(found)


def _parameters(given: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of the template that options give."""
    node_nm, supply_v = _technology(given["technology"])
    own = {key: value for key, value in given.items() if key not in _OWN}
    plain = {key: str(one) if isinstance(one, enum.Enum) else one for key, one in own.items()}
    return plain | {
        "adc_bits": _number_or_text(given["adc_bits"]),
        "pipeline_after": given["pipeline_after"] or [],
        "node_nm": node_nm,
        "supply_v": supply_v,
    }


def _technology(text: str) -> tuple[float, float]:
    """Return node in nm and supply in V of a text such as ``22nm,0.8V``."""
    from zigzag_imc.core.errors import OptionError

    number = r"(\d+(?:\.\d+)?)"
    parts = re.fullmatch(rf"{number}\s*nm\s*(?:,\s*{number}\s*V)?", text.strip())
    if parts is None:
        raise OptionError(f"--technology: found {text!r}, expected node and supply: 22nm,0.8V")
    return float(parts[1]), float(parts[2] or 0.9)


def _number_or_text(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _describe(template: Template, sram: SramModel | None, cost_model: str) -> None:
    """Print what the accelerator is made of."""
    from zigzag_imc.models.profile import profile_named
    from zigzag_imc.report.terminal.accelerator_summary import print_accelerator
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.results.records import hardware_record

    profile, accelerator = profile_named(cost_model), template.accelerator(sram)
    hardware = hardware_record(accelerator, profile)
    print_accelerator(accelerator, hardware, profile.name, results_console())
