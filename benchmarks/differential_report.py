"""The page that `benchmarks.differential` writes of the cases that it ran."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from typing import Any

import zigzag_imc
from benchmarks.measured import today
from tests.solver.corner_cases import CORNER_FEATURES
from tests.solver.differential import ENGINES, OBJECTIVES
from tests.solver.small_cases import FEATURES
from zigzag_imc.core.tolerances import RESOLUTION, TOLERANCE

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
        "energy-delay product found that way, its bound must not be above them, and the",
        "independent checker must confirm each result. For one objective of every case, which take",
        "turns, the checker enumerates on its own, no engine may beat the bound, and the joint",
        "model alone proves the optimum once more, where it knows the case's mapspace. For every",
        "fifth case the energy-latency front must be the same point by point. Costs are equal when",
        f"they differ by less than {TOLERANCE:g} of their value; optima are proved to "
        f"{RESOLUTION:g} of theirs.",
        "",
        f"**{len(records)} cases, {_optima(records)} optima, "
        f"{sum(record['joint'] for record in records)} of them by the joint model, too, "
        f"{len(fronts)} fronts with {sum(fronts)} points: {len(problems)} disagreements.**",
        "",
        f"Made by `{command}`",
        f"on {today()}, in {seconds / 60:.0f} minutes of one process{_commits(records)}, "
        f"with zigzag-imc {zigzag_imc.__version__}, "
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
        f"- {drawn}, drawn by `small_cases.py`, `corner_cases.py` and "
        "`paired_cases.py` in `tests/solver`;",
        f"- {feasible} have mappings that fit; that the other {len(records) - feasible} have "
        "none must be proved, too;",
        f"- {sum(mapspaces):,} mappings in all mapspaces, {max(mapspaces):,} in the largest; "
        f"{sum(record['mappings'] for record in records):,} of them fit and were scored.",
        "",
        "| profile | objective | cases | optima equal | fronts equal |",
        "| --- | --- | --: | --: | --: |",
    )
    yield from _counts(records)
    yield from (
        "",
        "A case may have several features. `W`, `I` and `O` are weights, inputs and outputs.",
        "",
        "| feature | cases | disagreements |",
        "| --- | --: | --: |",
    )
    for feature in (*FEATURES, *CORNER_FEATURES):
        having = [record for record in records if feature in record["features"]]
        yield f"| {feature} | {len(having)} | {sum(len(record['problems']) for record in having)} |"
    yield from _pairs(records)
    yield from (
        "",
        "## The engines",
        "",
        "How often a heuristic engine, with the few steps it had here, found an optimum. None "
        "ever found less."
        if not problems
        else "How often a heuristic engine, with the few steps it had here, found an optimum.",
        "",
        f"| engine | {' | '.join(OBJECTIVES)} |",
        f"| --- |{' --: |' * len(OBJECTIVES)}",
    )
    searched = [record for record in records if record["feasible"]]
    tried = Counter(record["turn"] for record in searched)
    for engine in ENGINES:
        hits = Counter(r["turn"] for r in searched if engine.name in r["reached"][r["turn"]])
        shares = (
            f"{100 * hits[objective] / max(1, tried[objective]):.0f} %" for objective in OBJECTIVES
        )
        yield f"| {engine.described()} | {' | '.join(shares)} |"


def _commits(records: Sequence[Record]) -> str:
    """At which commits the cases were done, and how many where a run went on after another."""
    counts = Counter(record["commit"] for record in records if record.get("commit"))
    if len(counts) < 2:
        return "".join(f", at commit {one}" for one in counts)
    return ", at commits " + ", ".join(f"{one} ({number})" for one, number in counts.items())


def _optima(records: Sequence[Record]) -> int:
    """How many optima were asked for."""
    return sum(len(OBJECTIVES) - len(record["unknown"]) for record in records)


def _pairs(records: Sequence[Record]) -> Iterator[str]:
    """One line for each feature alone and each pair that was drawn on purpose."""
    drawn = [record for record in records if record["paired"] is not None]
    if not drawn:
        return
    yield from (
        "",
        "## Features that the search treats apart",
        "",
        "Each alone, and in pairs. *Not known*: objectives that the search refuses in the space.",
        "",
        "| features | cases | optima | not known | joint model, too | disagreements |",
        "| --- | --: | --: | --: | --: | --: |",
    )
    for combination in sorted({tuple(record["paired"]) for record in drawn}, key=_short_first):
        own = [record for record in drawn if tuple(record["paired"]) == combination]
        yield (
            f"| {' and '.join(combination)} | {len(own)} | {_optima(own)} "
            f"| {sum(len(record['unknown']) for record in own)} "
            f"| {sum(record['joint'] for record in own)} "
            f"| {sum(len(record['problems']) for record in own)} |"
        )


def _short_first(combination: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    return len(combination), combination


def _counts(records: Sequence[Record]) -> Iterator[str]:
    """One line per profile and objective."""
    for profile in sorted({record["profile"] for record in records}):
        own = [record for record in records if record["profile"] == profile]
        for objective in OBJECTIVES:
            asked = [record for record in own if objective not in record["unknown"]]
            wrong = sum(
                any(f": {objective}: " in problem for problem in record["problems"])
                for record in asked
            )
            turns = [r for r in own if r["front_points"] is not None and r["turn"] == objective]
            fronts = sum(
                not any(": front: " in problem for problem in record["problems"])
                for record in turns
            )
            yield (
                f"| {profile} | {objective} | {len(asked)} | {len(asked) - wrong} | {fronts} of "
                f"{len(turns)} |"
            )
