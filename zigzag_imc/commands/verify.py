"""``zigzag-imc verify``."""

from __future__ import annotations

from typing import Annotated

import typer

DIFFERS = 1
"""Exit code when something does not hold."""


def verify_command(
    result: Annotated[str, typer.Argument(metavar="RESULT.json", help="Result file of `map` or `evaluate`.")],
    exhaustive: Annotated[
        bool, typer.Option("--exhaustive", help="Prove optima of small mapspaces again, by enumeration.")
    ] = False,
) -> None:
    """Check a result file from its contents alone, without the solver.

    Rebuilds layers and accelerator, and checks that every mapping is legal, costs what the file says in every term, and
    that bounds, statuses, fronts and totals agree. Exit code 1, with the reasons, where anything differs.
    """
    from zigzag_imc.api import verify
    from zigzag_imc.report.console import notice

    report = verify(result, exhaustive=exhaustive)
    for problem in report.problems:
        print(problem)
    if not report.holds:
        count = len(report.problems)
        notice(f"error: {result}: {count} {'thing does' if count == 1 else 'things do'} not hold")
        raise typer.Exit(DIFFERS)
    points = f", {report.pareto_points} points of fronts" if report.pareto_points else ""
    print(
        f"ok: {result}: {report.layers} distinct layers, {report.mappings} mappings{points} legal and scored again; "
        f"{report.proofs} claims of optimality with matching bounds"
    )
    if exhaustive:
        print(f"{report.reproved} of {report.proofs} optima proved again by enumeration; other mapspaces are too large")
