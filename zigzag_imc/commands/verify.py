"""``zigzag-imc verify``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from zigzag_imc.commands.common import (
    INTERRUPTED,
    Format,
    FormatOption,
    QuietOption,
)
from zigzag_imc.commands.stdout import print_json

if TYPE_CHECKING:
    from zigzag_imc.checking.proofs import ProofReport
    from zigzag_imc.checking.report import Report

DIFFERS = 1
"""Exit code when something does not hold."""


@dataclass(frozen=True, slots=True)
class _Limits:
    """Options that only second proofs have."""

    jobs: int | None
    time_limit: float | None
    total_time_limit: float | None

    def refuse(self) -> None:
        """Refuse any of them without ``--prove``."""
        from zigzag_imc.core.errors import OptionError

        for name, value in asdict(self).items():
            if value is not None:
                flag = f"--{name.replace('_', '-')}"
                raise OptionError(f"{flag}: only means something with --prove")


def verify_command(  # noqa: PLR0913  (options of the command line)
    result: Annotated[
        str,
        typer.Argument(metavar="RESULT.json", help="Result file of `map`, `search` or `evaluate`."),
    ],
    exhaustive: Annotated[
        bool,
        typer.Option("--exhaustive", help="Prove optima of small mapspaces again, by enumeration."),
    ] = False,
    prove: Annotated[
        bool,
        typer.Option(
            "--prove",
            help=(
                "Prove all claims again: small mapspaces by enumeration, others by the "
                "solver, differently set."
            ),
        ),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            metavar="N",
            min=1,
            help="With --prove: claims proved side by side; default: all cores.",
        ),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit",
            metavar="S",
            help="With --prove: seconds per claim; then it is not proved.",
        ),
    ] = None,
    total_time_limit: Annotated[
        float | None,
        typer.Option(
            "--total-time-limit", metavar="S", help="With --prove: seconds for all claims together."
        ),
    ] = None,
    output: FormatOption = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """Check a result file from its contents, without the solver.

    Rebuilds layers and accelerator, and checks that every mapping is legal, costs what the file
    says in every term, and that bounds, statuses, fronts and totals agree. Exit code 1, with the
    reasons, where anything differs. With --prove, the solver is asked again whether anything costs
    less, with another seed and other search parameters; exit code 1 where something does, or where
    a limit ended a proof: such a claim is neither proved nor refuted.
    """
    limits = _Limits(jobs, time_limit, total_time_limit)
    if prove:
        _prove(result, exhaustive, limits, output, quiet)
        return
    limits.refuse()
    from zigzag_imc.checking.verify import verify_result

    report = verify_result(result, exhaustive=exhaustive)
    if output is Format.JSON:
        _write_json(result, report)
        _judge_checks(result, report)
        return
    _print_checks(result, report)
    if exhaustive:
        print(
            f"{report.reproved} of {report.proofs} optima proved again by enumeration; other "
            "mapspaces are too large"
        )


def _write_json(result: str, report: Report, proved: ProofReport | None = None) -> None:
    from zigzag_imc.report.terminal.verification import verification_of

    contents = verification_of(result, report, proved).model_dump(mode="json", by_alias=True)
    print_json(contents)


def _judge_checks(result: str, report: Report) -> None:
    """End the command where something does not hold."""
    if not report.holds:
        count = len(report.problems)
        totals = (
            ""
            if report.totals_checked
            else "; totals were not checked, as they add up what does not hold"
        )
        _fail(f"{result}: {count} {'thing does' if count == 1 else 'things do'} not hold{totals}")


def _print_checks(result: str, report: Report) -> None:
    """Say what holds, or what does not, which ends the command."""
    for problem in report.problems:
        print(problem)
    _judge_checks(result, report)
    from zigzag_imc.results.units import counted

    points = f", {counted(report.pareto_points, 'point')} of fronts" if report.pareto_points else ""
    claims = "1 claim of optimality with a matching bound"
    if report.proofs != 1:
        claims = f"{report.proofs} claims of optimality with matching bounds"
    print(
        f"ok: {result}: {counted(report.layers, 'distinct layer')}, "
        f"{counted(report.mappings, 'mapping')}{points} "
        f"legal and scored again; {claims}"
    )


def _prove(result: str, exhaustive: bool, limits: _Limits, output: Format, quiet: bool) -> None:
    from zigzag_imc.checking.prove import prove_result
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.progress import progress_bar
    from zigzag_imc.report.terminal.verification import print_proofs

    with progress_bar(quiet) as progress:
        report = prove_result(
            result,
            exhaustive=exhaustive,
            jobs=limits.jobs,
            time_limit=limits.time_limit,
            total_time_limit=limits.total_time_limit,
            progress=progress,
        )
    if output is Format.JSON:
        _write_json(result, report.checks, report)
        _judge_checks(result, report.checks)
    else:
        _print_checks(result, report.checks)
        print_proofs(report, results_console())
    if report.stopped == "interrupted":
        raise typer.Exit(INTERRUPTED)
    if not report.holds:
        open_claims = [proof for proof in report.proofs if proof.outcome != "proved"]
        refuted = sum(proof.outcome == "refuted" for proof in open_claims)
        why = f"{refuted} refuted, {len(open_claims) - refuted} not proved"
        _fail(
            f"{result}: {len(open_claims)} of {len(report.proofs)} claims are not proved "
            f"again: {why}"
        )


def _fail(message: str) -> None:
    from zigzag_imc.report.terminal.console import notice

    notice(f"error: {message}")
    raise typer.Exit(DIFFERS)
