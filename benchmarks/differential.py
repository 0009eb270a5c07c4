"""The solver against every mapping of thousands of random small layers; writes ``docs/differential.md``.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/differential.py --report docs/differential.md``. Each
case is a random layer on a random accelerator under one of the profiles, small enough that all of its mappings can be
scored. For all objectives, the solver has to reach the optimum that this finds, heuristic engines must not beat its
bound, and the independent checker has to confirm every result; for some cases the energy-latency front has to be equal,
too.

``--records FILE`` keeps one line of JSON per case and leaves out those that the file already has, so that a long run
can be done in slices. Ctrl-C ends the run; what was found is kept and reported. Exit code 1 where anything disagrees.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import shlex
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import zigzag_imc
from tests.solver.differential import (
    ENGINES,
    OBJECTIVES,
    Enumerated,
    against_checker,
    against_engines,
    against_enumeration,
    enumerated,
    findings_of_engines,
    solved,
)
from tests.solver.small_cases import FEATURES, Case, case, features, stalling_case, told
from zigzag_imc.api import MappingInterrupted
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.judge import Finding
from zigzag_imc.models.spatial_space import mapspace_size
from zigzag_imc.solver.solution import Objective

START, CASES, STALLING_CASES = 10_000, 5000, 500
"""First case, number of cases and of stalling ones by default; the tests use other ones."""

MOST_MAPPINGS = 20_000
"""Mappings, fitting or not, of a case at most."""

STALLING_SHARE = 4
"""The mapspaces of stalling cases are so much smaller: their proofs take longest."""

FRONT_EVERY = 5
"""Every so many cases, the front is compared as well."""

DISAGREE, INTERRUPTED = 1, 130
"""Exit codes."""

KINDS = {"any": case, "stalling": stalling_case}
"""What draws the cases: everything in all its combinations, or ports that hardly keep up with the array."""

Record = dict[str, Any]
"""What is known of one case: plain numbers, texts and lists, as JSON has them."""


# ---------------------------------------------------------------- one case
def objective_in_turn(seed: int) -> Objective:
    """Objective for which a case is checked most thoroughly: by the checker's own enumeration, with the front."""
    return OBJECTIVES[seed // len(OBJECTIVES) % len(OBJECTIVES)]


def record_of(kind: str, seed: int, most_mappings: int = MOST_MAPPINGS) -> Record:
    """Draw a case and look at it from all sides; whatever is raised counts as a disagreement."""
    started = time.perf_counter()
    drawn = KINDS[kind](seed, most_mappings if kind == "any" else most_mappings // STALLING_SHARE)
    everything = enumerated(drawn)
    reached: dict[str, list[str]] = {}
    problems: list[str] = []
    turn = objective_in_turn(seed)
    with_front = seed % FRONT_EVERY == 0
    points = 0
    for objective in OBJECTIVES:
        try:
            findings = findings_of_engines(drawn, objective)
            reached[objective] = [finding.method for finding in findings if _reaches(finding, objective, everything)]
            for said, count in _disagreements(drawn, objective, everything, findings, objective == turn, with_front):
                points += count
                problems += said
        except MappingInterrupted as interrupted:
            raise KeyboardInterrupt from interrupted
        except Exception as error:
            problems.append(f"{objective}: raises {type(error).__name__}: {error}")
    return {
        "kind": kind,
        "seed": seed,
        "profile": drawn.profile.name,
        "features": sorted(features(drawn)),
        "feasible": bool(everything.optima),
        "mapspace": mapspace_size(drawn.layer, drawn.accelerator),
        "mappings": everything.mappings,
        "front_points": points if with_front else None,
        "reached": reached,
        "problems": [f"{kind} {told(drawn)}: {problem}" for problem in problems],
        "seconds": time.perf_counter() - started,
    }


def _disagreements(
    drawn: Case, objective: Objective, everything: Enumerated, findings: Sequence[Finding], turn: bool, with_front: bool
) -> Iterator[tuple[list[str], int]]:
    """Yield disagreements about one objective, and points of fronts that were compared."""
    result = solved(drawn, objective, pareto=turn and with_front)
    (found,) = result.layers
    yield list(against_enumeration(found, objective, everything)), len(found.pareto or ())
    yield list(against_engines(drawn, found, objective, findings)), 0
    yield list(against_checker(result, exhaustive=turn)), 0


def _reaches(finding: Finding, objective: Objective, everything: Enumerated) -> bool:
    """Whether an engine found an optimum."""
    return finding.value is not None and finding.value <= everything.optima[objective][0] * (1 + TOLERANCE)


# ---------------------------------------------------------------- many cases
Key = tuple[str, int]
"""Kind and seed of a case."""


def records_of(wanted: Sequence[Key], most_mappings: int, jobs: int) -> Iterator[Record]:
    """Records of all cases, in the order in which they are done."""
    tasks = [(kind, seed, most_mappings) for kind, seed in wanted]
    if jobs == 1:
        yield from map(_record_of, tasks)
        return
    # Only this process hears Ctrl-C.
    with multiprocessing.get_context("spawn").Pool(jobs, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        yield from pool.imap_unordered(_record_of, tasks, chunksize=4)


def _record_of(task: tuple[str, int, int]) -> Record:
    return record_of(*task)


def watched(records: Iterable[Record], total: int) -> Iterator[Record]:
    """Pass records on; say on stderr how far the run is, and every disagreement at once."""
    started = said = time.monotonic()
    wrong = 0
    for done, record in enumerate(records, start=1):
        for problem in record["problems"]:
            wrong += 1
            print(f"DISAGREEMENT {problem}", file=sys.stderr)
        now = time.monotonic()
        if now - said > 10 or done == total:
            said, left_s = now, (now - started) / done * (total - done)
            print(f"{done} of {total} cases, {wrong} disagreements, about {left_s:.0f} s left", file=sys.stderr)
        yield record


# ---------------------------------------------------------------- the report
def page(records: Sequence[Record], command: str) -> Iterator[str]:
    """Lines of the report."""
    problems = [problem for record in records for problem in record["problems"]]
    feasible = sum(record["feasible"] for record in records)
    fronts = [record["front_points"] for record in records if record["front_points"] is not None]
    seconds = sum(record["seconds"] for record in records)
    yield from (
        "# Thousands of small layers, solved and enumerated",
        "",
        "Each case is a random layer on a random accelerator, so small that every mapping of it can be scored. The",
        "solver must reach the least energy, the least latency and the least energy-delay product found that way, its",
        "bound must not be above them, no engine may beat it, and the independent checker must confirm each result",
        "(for one objective per case by an enumeration of its own). For every fifth case the energy-latency front must",
        f"be the same point by point. Costs are equal when they differ by less than a relative {TOLERANCE:g}.",
        "",
        f"**{len(records)} cases, {len(OBJECTIVES) * len(records)} optima, {len(fronts)} fronts with {sum(fronts)} "
        f"points: {len(problems)} disagreements.**",
        "",
        f"Made by `{command}`",
        f"in {seconds / 60:.0f} minutes of one process, with zigzag-imc {zigzag_imc.__version__}, "
        f"OR-Tools {metadata.version('ortools')}, NumPy {metadata.version('numpy')}, "
        f"Python {platform.python_version()}.",
        "",
    )
    if problems:
        yield from ("## Disagreements", "", *(f"- {problem}" for problem in problems), "")
    stalling = [record for record in records if record["kind"] == "stalling"]
    mapspaces = [record["mapspace"] for record in records]
    yield from (
        "## The cases",
        "",
        f"- {len(records) - len(stalling)} cases of all sorts and {len(stalling)} whose ports hardly keep up with the "
        "array, drawn by `tests/solver/small_cases.py`;",
        f"- {feasible} have mappings that fit; that the other {len(records) - feasible} have none must be proved, too;",
        f"- {sum(mapspaces):,} mappings in all mapspaces, {max(mapspaces):,} in the largest; "
        f"{sum(record['mappings'] for record in records):,} of them fit and were scored.",
        "",
        "| profile | objective | cases | optima equal | fronts equal |",
        "| --- | --- | --: | --: | --: |",
    )
    yield from _counts(records)
    yield from ("", "| feature | cases | disagreements |", "| --- | --: | --: |")
    for feature in FEATURES:
        having = [record for record in records if feature in record["features"]]
        yield f"| {feature} | {len(having)} | {sum(len(record['problems']) for record in having)} |"
    yield from (
        "",
        "## The engines",
        "",
        "How often a heuristic engine, with the few steps it had here, found an optimum. None was ever below one."
        if not problems
        else "How often a heuristic engine, with the few steps it had here, found an optimum.",
        "",
        f"| engine | {' | '.join(OBJECTIVES)} |",
        f"| --- |{' --: |' * len(OBJECTIVES)}",
    )
    for engine in ENGINES:
        hits = Counter(objective for r in records for objective in OBJECTIVES if engine.name in r["reached"][objective])
        shares = (f"{100 * hits[objective] / max(1, feasible):.0f} %" for objective in OBJECTIVES)
        yield f"| {engine.described()} | {' | '.join(shares)} |"


def _counts(records: Sequence[Record]) -> Iterator[str]:
    """One line per profile and objective."""
    for profile in sorted({record["profile"] for record in records}):
        own = [record for record in records if record["profile"] == profile]
        for objective in OBJECTIVES:
            wrong = sum(any(f": {objective}: " in problem for problem in record["problems"]) for record in own)
            turns = [r for r in own if r["front_points"] is not None and objective_in_turn(r["seed"]) == objective]
            fronts = sum(not any(": front: " in problem for problem in record["problems"]) for record in turns)
            yield f"| {profile} | {objective} | {len(own)} | {len(own) - wrong} | {fronts} of {len(turns)} |"


# ---------------------------------------------------------------- the command
def main() -> int:
    """Run the cases and write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--start", type=_at_least(0), default=START, help=f"first case (default {START})")
    parser.add_argument("--cases", type=_at_least(0), default=CASES, help=f"how many cases (default {CASES})")
    parser.add_argument(
        "--stalling",
        type=_at_least(0),
        default=STALLING_CASES,
        help=f"how many stalling cases (default {STALLING_CASES})",
    )
    parser.add_argument("--jobs", type=_at_least(1), default=1, help="processes side by side (default 1)")
    parser.add_argument("--most-mappings", type=_at_least(10), default=MOST_MAPPINGS, help="largest mapspace of a case")
    parser.add_argument("--records", type=Path, help="file with a line of JSON per case; its cases are not run again")
    parser.add_argument("--report", type=Path, help="Markdown page to write (default: print it)")
    options = parser.parse_args()
    numbers = {"any": options.cases, "stalling": options.stalling}
    wanted = [(kind, options.start + n) for kind, count in numbers.items() for n in range(count)]
    kept = {(record["kind"], record["seed"]): record for record in _kept(options.records)}
    records = {key: kept[key] for key in wanted if key in kept}
    left = [key for key in wanted if key not in records]
    interrupted = False
    try:
        for record in watched(records_of(left, options.most_mappings, options.jobs), len(left)):
            records[record["kind"], record["seed"]] = record
            if options.records is not None:
                with options.records.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(record) + "\n")
    except KeyboardInterrupt:
        interrupted = True
        print(f"stopped by Ctrl-C: reporting {len(records)} of {len(wanted)} cases", file=sys.stderr)
    if not records:
        print("no case was finished", file=sys.stderr)
        return INTERRUPTED if interrupted else DISAGREE
    command = shlex.join(
        [
            "benchmarks/differential.py",
            *(f"--{name}={getattr(options, name)}" for name in ("start", "cases", "stalling")),
        ]
    )
    text = "\n".join(page([records[key] for key in sorted(records)], command)) + "\n"
    if options.report is None:
        print(text, end="")
    else:
        options.report.write_text(text, encoding="utf-8")
        print(f"wrote {options.report}", file=sys.stderr)
    if any(record["problems"] for record in records.values()):
        return DISAGREE
    return INTERRUPTED if interrupted else 0


def _kept(path: Path | None) -> list[Record]:
    """Records of an earlier run."""
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _at_least(least: int) -> Any:
    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"found {value}, expected at least {least}")
        return value

    return number


if __name__ == "__main__":
    sys.exit(main())
