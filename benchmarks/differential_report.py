"""The page that `benchmarks.differential` writes of the cases that it ran."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from typing import Any

import zigzag_imc
from tests.solver.corner_cases import CORNER_FEATURES
from tests.solver.differential import ENGINES, OBJECTIVES
from tests.solver.small_cases import FEATURES
from zigzag_imc.core.tolerances import TOLERANCE

Record = dict[str, Any]
"""What is known of one case: plain numbers, texts and lists, as JSON has them."""


def page(records: Sequence[Record], command: str, kinds: Mapping[str, str]) -> Iterator[str]:
    """Lines of the report; ``kinds`` says what the cases of each kind are."""
    problems = [problem for record in records for problem in record["problems"]]
    feasible = sum(record["feasible"] for record in records)
    fronts = [record["front_points"] for record in records if record["front_points"] is not None]
    seconds = sum(record["seconds"] for record in records)
    yield from (
        "# Thousands of small layers, solved and enumerated",
        "",
        "Each case is a random layer on a random accelerator, so small that every mapping of it",
        "can be scored. The solver must reach the least energy, the least latency and the least",
        "energy-delay product found that way, its bound must not be above them, no engine may beat",
        "it, and the independent checker must confirm each result (for one objective per case by",
        "an enumeration of its own). For every fifth case the energy-latency front must be the",
        "same point by point. Costs are equal when they differ by less than a relative",
        f"{TOLERANCE:g}.",
        "",
        f"**{len(records)} cases, {len(OBJECTIVES) * len(records)} optima, {len(fronts)} fronts "
        f"with {sum(fronts)} points: {len(problems)} disagreements.**",
        "",
        f"Made by `{command}`",
        f"in {seconds / 60:.0f} minutes of one process, with zigzag-imc {zigzag_imc.__version__}, "
        f"OR-Tools {metadata.version('ortools')}, NumPy {metadata.version('numpy')}, "
        f"Python {platform.python_version()}.",
        "",
    )
    if problems:
        yield from ("## Disagreements", "", *(f"- {problem}" for problem in problems), "")
    counts = Counter(record["kind"] for record in records)
    drawn = ", ".join(
        f"{counts[kind]} cases {described}" for kind, described in kinds.items() if counts[kind]
    )
    mapspaces = [record["mapspace"] for record in records]
    yield from (
        "## The cases",
        "",
        f"- {drawn}, drawn by `tests/solver/small_cases.py` and `corner_cases.py`;",
        f"- {feasible} have mappings that fit; that the other {len(records) - feasible} have "
        "none must be proved, too;",
        f"- {sum(mapspaces):,} mappings in all mapspaces, {max(mapspaces):,} in the largest; "
        f"{sum(record['mappings'] for record in records):,} of them fit and were scored.",
        "",
        "| profile | objective | cases | optima equal | fronts equal |",
        "| --- | --- | --: | --: | --: |",
    )
    yield from _counts(records)
    yield from ("", "| feature | cases | disagreements |", "| --- | --: | --: |")
    for feature in (*FEATURES, *CORNER_FEATURES):
        having = [record for record in records if feature in record["features"]]
        yield f"| {feature} | {len(having)} | {sum(len(record['problems']) for record in having)} |"
    yield from (
        "",
        "## The engines",
        "",
        "How often a heuristic engine, with the few steps it had here, found an optimum. None "
        "was ever below one."
        if not problems
        else "How often a heuristic engine, with the few steps it had here, found an optimum.",
        "",
        f"| engine | {' | '.join(OBJECTIVES)} |",
        f"| --- |{' --: |' * len(OBJECTIVES)}",
    )
    for engine in ENGINES:
        hits = Counter(
            objective
            for r in records
            for objective in OBJECTIVES
            if engine.name in r["reached"][objective]
        )
        shares = (f"{100 * hits[objective] / max(1, feasible):.0f} %" for objective in OBJECTIVES)
        yield f"| {engine.described()} | {' | '.join(shares)} |"


def _counts(records: Sequence[Record]) -> Iterator[str]:
    """One line per profile and objective."""
    for profile in sorted({record["profile"] for record in records}):
        own = [record for record in records if record["profile"] == profile]
        for objective in OBJECTIVES:
            wrong = sum(
                any(f": {objective}: " in problem for problem in record["problems"])
                for record in own
            )
            turns = [r for r in own if r["front_points"] is not None and r["turn"] == objective]
            fronts = sum(
                not any(": front: " in problem for problem in record["problems"])
                for record in turns
            )
            yield (
                f"| {profile} | {objective} | {len(own)} | {len(own) - wrong} | {fronts} of "
                f"{len(turns)} |"
            )
