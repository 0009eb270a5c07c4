"""The solver against every mapping of thousands of random small layers.

Writes ``docs/differential.md``.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/differential.py --report
docs/differential.md``. Each case is a random layer on a random accelerator under one of the
profiles, small enough that all of its mappings can be scored: of all sorts (``--cases``), with long
proofs (``--stalling``), with what is rare (``--corner``), with any bits (``--bits``), with
diagonals (``--diagonal``), or with one or two of what the search treats apart (``--paired``:
diagonals, tiles that need not divide, macros, group depth, constraints, odd bits).

For all objectives, the solver has to reach the optimum that this finds, and what comes second among
the optima, and the independent checker has to confirm every result; for some cases the
energy-latency front has to be equal, too. For one objective of every case, the cases taking turns,
heuristic engines must not beat the bound, and the joint model alone has to prove the same.

``--records FILE`` keeps one line of JSON per case and leaves out those that the file already has,
so that a long run can be done in slices. Ctrl-C ends the run; what was found is kept and reported.
Exit code 1 where anything disagrees.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.differential_report import Record, page
from benchmarks.measured import commit
from tests.solver.corner_cases import bits_case, corner_case, corner_features
from tests.solver.differential import (
    OBJECTIVES,
    Enumerated,
    against_checker,
    against_engines,
    against_enumeration,
    enumerated,
    findings_of_engines,
    is_known,
    solved,
)
from tests.solver.paired_cases import paired_case, paired_features
from tests.solver.small_cases import Case, case, diagonal_case, features, stalling_case, told
from zigzag_imc.checking.findings import Finding
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.tolerances import TOLERANCE
from zigzag_imc.library.mapping import MappingInterrupted
from zigzag_imc.models.mapspace.counting import mapspace_size

START = 10_000
"""First case of every kind by default; the tests use other ones."""

MOST_MAPPINGS = 20_000
"""Mappings, fitting or not, of a case at most."""

FRONT_EVERY = 5
"""Every so many cases, the front is compared as well."""

DISAGREE, INTERRUPTED = 1, 130
"""Exit codes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What draws cases.

    Attributes
    ----------
    draw
        Draws one case from a seed and the most mappings it may have.
    described
        What cases of this kind are.
    cases
        How many by default.
    smaller
        How many times smaller than the others' the largest mapspace is, where proofs take longer.
    """

    draw: Callable[[int, int], Case]
    described: str
    cases: int
    smaller: int = 1


KINDS = {
    "any": Kind(case, "of all sorts", 5000),
    "stalling": Kind(stalling_case, "whose ports hardly keep up with the array", 500, smaller=4),
    "corner": Kind(corner_case, "of odd precisions, padding, memories and ports", 1000, smaller=4),
    "diagonal": Kind(
        diagonal_case, "with windows or groups that may lie diagonally", 1000, smaller=4
    ),
    "bits": Kind(bits_case, "of any bits from 1 to 16, on arrays of other bits", 1000, smaller=4),
    "paired": Kind(
        paired_case, "of one feature, or two, that the search treats apart", 2100, smaller=8
    ),
}
"""Everything in all its combinations, long proofs, and what is rare."""


# ---------------------------------------------------------------- one case
def objective_in_turn(seed: int) -> Objective:
    """Objective for which a case is checked most thoroughly.

    By the checker's own enumeration, with the front.
    """
    return OBJECTIVES[seed // len(OBJECTIVES) % len(OBJECTIVES)]


def record_of(kind: str, seed: int, most_mappings: int = MOST_MAPPINGS) -> Record:
    """Draw a case and look at it from all sides; whatever is raised counts as a disagreement."""
    started = time.perf_counter()
    drawn = KINDS[kind].draw(seed, most_mappings // KINDS[kind].smaller)
    everything = enumerated(drawn)
    looks = [_look(drawn, objective, everything) for objective in OBJECTIVES]
    return {
        "kind": kind,
        "seed": seed,
        "profile": drawn.profile.name,
        "turn": objective_in_turn(seed),
        "features": sorted(features(drawn) | corner_features(drawn)),
        "paired": sorted(paired_features(drawn)) if kind == "paired" else None,
        "feasible": bool(everything.optima),
        "mapspace": mapspace_size(drawn.layer, drawn.accelerator, drawn.profile, drawn.space),
        "mappings": everything.mappings,
        "front_points": _front_points(looks),
        "joint": any(look.joint for look in looks),
        "unknown": [look.objective for look in looks if look.unknown],
        "reached": {look.objective: look.reached for look in looks},
        "problems": [
            f"{kind} {told(drawn)}: {problem}" for look in looks for problem in look.problems
        ],
        "seconds": time.perf_counter() - started,
    }


@dataclass(slots=True)
class Look:
    """What was seen of a case with one objective.

    Attributes
    ----------
    objective
        What was asked for.
    unknown
        Whether the search refuses the case's space with this objective.
    joint
        Whether the joint model alone was compared, too.
    points
        Points of the front, where it was compared.
    reached
        Engines that found an optimum.
    problems
        What disagrees.
    """

    objective: Objective
    unknown: bool = False
    joint: bool = False
    points: int | None = None
    reached: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def _look(drawn: Case, objective: Objective, everything: Enumerated) -> Look:
    look = Look(objective, unknown=not is_known(drawn, objective))
    if look.unknown:
        return look
    try:
        _compare(drawn, everything, look)
    except MappingInterrupted as interrupted:
        raise KeyboardInterrupt from interrupted
    except Exception as error:
        look.problems.append(f"{objective}: raises {type(error).__name__}: {error}")
    return look


def _compare(drawn: Case, everything: Enumerated, look: Look) -> None:
    """Look for disagreements about one objective."""
    objective, turn = look.objective, look.objective == objective_in_turn(drawn.seed)
    findings = findings_of_engines(drawn, objective) if turn else []
    look.reached += [
        finding.method for finding in findings if _reaches(finding, objective, everything)
    ]
    pareto = turn and _has_front(drawn.seed) and is_known(drawn, objective, pareto=True)
    result = solved(drawn, objective, pareto=pareto)
    (found,) = result.layers
    if pareto:
        look.points = len(found.pareto or ())
    look.problems += against_enumeration(found, objective, everything)
    look.problems += against_engines(drawn, found, objective, findings)
    look.problems += against_checker(result, exhaustive=turn)
    if turn and is_known(drawn, objective, method="cp-sat"):
        look.joint = True
        (alone,) = solved(drawn, objective, method="cp-sat").layers
        said = against_enumeration(alone, objective, everything, ties=False)
        look.problems += (f"joint model: {problem}" for problem in said)


def _front_points(looks: Sequence[Look]) -> int | None:
    """Points of the front that was compared; ``None`` without one."""
    return next((look.points for look in looks if look.points is not None), None)


def _has_front(seed: int) -> bool:
    """Whether the front of a case is compared as well."""
    return seed % FRONT_EVERY == 0


def _reaches(finding: Finding, objective: Objective, everything: Enumerated) -> bool:
    """Whether an engine found an optimum."""
    return finding.value is not None and finding.value <= everything.optima[objective][0] * (
        1 + TOLERANCE
    )


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
    with multiprocessing.get_context("spawn").Pool(
        jobs, signal.signal, (signal.SIGINT, signal.SIG_IGN)
    ) as pool:
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
            print(
                f"{done} of {total} cases, {wrong} disagreements, about {left_s:.0f} s left",
                file=sys.stderr,
            )
        yield record


# ---------------------------------------------------------------- the command
def main() -> int:
    """Run the cases and write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--start", type=_at_least(0), default=START, help=f"first case (default {START})"
    )
    for name, kind in KINDS.items():
        parser.add_argument(
            f"--{_flag(name)}",
            type=_at_least(0),
            default=kind.cases,
            help=f"how many cases {kind.described} (default {kind.cases})",
        )
    parser.add_argument(
        "--jobs", type=_at_least(1), default=1, help="processes side by side (default 1)"
    )
    parser.add_argument(
        "--most-mappings",
        type=_at_least(10),
        default=MOST_MAPPINGS,
        help="largest mapspace of a case",
    )
    parser.add_argument(
        "--records",
        type=Path,
        help="file with a line of JSON per case; its cases are not run again",
    )
    parser.add_argument("--report", type=Path, help="Markdown page to write (default: print it)")
    options = parser.parse_args()
    numbers = {name: getattr(options, _flag(name)) for name in KINDS}
    wanted = [(kind, options.start + n) for kind, count in numbers.items() for n in range(count)]
    kept = {(record["kind"], record["seed"]): record for record in _kept(options.records)}
    records = {key: kept[key] for key in wanted if key in kept}
    left = [key for key in wanted if key not in records]
    interrupted = False
    at = commit()
    try:
        for record in watched(records_of(left, options.most_mappings, options.jobs), len(left)):
            record["commit"] = at
            records[record["kind"], record["seed"]] = record
            if options.records is not None:
                with options.records.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(record) + "\n")
    except KeyboardInterrupt:
        interrupted = True
        print(
            f"stopped by Ctrl-C: reporting {len(records)} of {len(wanted)} cases", file=sys.stderr
        )
    if not records:
        print("no case was finished", file=sys.stderr)
        return INTERRUPTED if interrupted else DISAGREE
    command = shlex.join(
        [
            "benchmarks/differential.py",
            *(f"--{name}={getattr(options, name)}" for name in ("start", *map(_flag, KINDS))),
        ]
    )
    described = {name: kind.described for name, kind in KINDS.items()}
    text = "\n".join(page([records[key] for key in sorted(records)], command, described)) + "\n"
    if options.report is None:
        print(text, end="")
    else:
        options.report.write_text(text, encoding="utf-8")
        print(f"wrote {options.report}", file=sys.stderr)
    if any(record["problems"] for record in records.values()):
        return DISAGREE
    return INTERRUPTED if interrupted else 0


def _flag(kind: str) -> str:
    """Option that says how many cases of a kind are drawn."""
    return "cases" if kind == "any" else kind


def _kept(path: Path | None) -> list[Record]:
    """Records of an earlier run."""
    if path is None or not path.exists():
        return []
    return [
        json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]


def _at_least(least: int) -> Any:
    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"found {value}, expected at least {least}")
        return value

    return number


if __name__ == "__main__":
    sys.exit(main())
