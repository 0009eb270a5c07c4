"""Compare the mappings found here with those of the search of ``zigzag-dse``, layer by layer.

    PYTHONPATH=. python benchmarks/against_zigzag.py [NETWORK ...] [--objective energy|latency|edp]
    [--output FILE]

Each distinct layer of a network is mapped twice onto an accelerator file of the reference's own: by
the reference with the settings of its in-memory-computing entry point (up to three spatial
mappings, several dimensions per array dimension, loop orders over at most six factors, uneven), and
by ``solve`` under the profile ``zigzag``. The cost model of the reference then scores both
mappings. Its data locality between layers is left out: layers stand alone here.

A layer for which the mapping found here costs more is a fault of one side. It is printed with both
mappings and what each cost model and the legality check here make of them, and the exit status is
1.

The reference walks through sets of names; set PYTHONHASHSEED for equal runs.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO, get_args

from tests.oracle import oracle_evaluate, reference_hardware
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import MappingError
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import ZIGZAG
from zigzag_imc.onnx_workload import LayerGroup, load_network
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions
from zigzag_imc.zigzag_bridge.comparable import comparable
from zigzag_imc.zigzag_bridge.objects import mapping_of
from zigzag_imc.zigzag_bridge.scoring import value_of
from zigzag_imc.zigzag_bridge.search import ZigzagSearch

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Found:
    """A mapping, its value by the reference's model, and the seconds of its search.

    ``note`` tells what went wrong.
    """

    mapping: LayerMapping | None
    value: float | None
    seconds: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Outcome for one layer shape."""

    group: LayerGroup
    theirs: Found | None
    ours: Found
    status: str
    findings: tuple[str, ...]

    @property
    def ratio(self) -> float | None:
        """Reference's value over ours: how many times cheaper ours is."""
        if self.theirs is None or not self.theirs.value or not self.ours.value:
            return None
        return self.theirs.value / self.ours.value

    @property
    def worse(self) -> bool:
        """Whether ours costs more."""
        if self.theirs is None or self.theirs.value is None or self.ours.value is None:
            return False
        return self.ours.value > self.theirs.value * (1 + TOLERANCE)


def objective_of(energy: float, latency: float, objective: Objective) -> float:
    """The objective, from the two figures it is made of."""
    return {"energy": energy, "latency": latency, "edp": energy * latency}[objective]


def search_theirs(
    layer: Layer, accelerator_text: str, objective: Objective, search: ZigzagSearch
) -> Found:
    """Let the reference search."""
    start = time.perf_counter()
    try:
        evaluation = search.evaluation(layer, accelerator_text, objective)
    except (
        Exception
    ) as error:  # whatever makes the reference give up is told in the table's footnotes
        return Found(
            None,
            None,
            time.perf_counter() - start,
            f"the reference failed: {type(error).__name__}: {error}",
        )
    seconds = time.perf_counter() - start
    return Found(mapping_of(evaluation), value_of(evaluation, objective), seconds)


def search_ours(
    layer: Layer,
    accelerator: Accelerator,
    accelerator_text: str,
    objective: Objective,
    options: SearchOptions,
) -> tuple[Found, str]:
    """Search here, and have the reference score the outcome."""
    start = time.perf_counter()
    solution = solve(layer, accelerator, ZIGZAG, objective, options)
    seconds = time.perf_counter() - start
    status = (
        f"FEASIBLE (gap {solution.gap:.2%})" if solution.status == "FEASIBLE" else solution.status
    )
    if solution.mapping is None:
        return Found(None, None, seconds, solution.reason or ""), status
    try:
        value = value_of(oracle_evaluate(layer, accelerator_text, solution.mapping), objective)
    except Exception as error:
        note = f"the reference cannot score our mapping: {type(error).__name__}: {error}"
        return Found(solution.mapping, None, seconds, note), status
    return Found(solution.mapping, value, seconds), status


def opinion(
    whose: str,
    layer: Layer,
    accelerator: Accelerator,
    accelerator_text: str,
    found: Found,
    objective: Objective,
) -> Iterator[str]:
    """What is odd about a mapping.

    Not allowed here, scored differently here, or not scorable by the reference.
    """
    if found.note:
        yield f"{whose}: {found.note}"
    if found.mapping is None:
        return
    try:
        check_mapping(layer, accelerator, found.mapping, ZIGZAG)
    except MappingError as error:
        yield f"{whose} mapping is not allowed here: {error}"
        return
    cost = CostModel(layer, accelerator, ZIGZAG).evaluate(found.mapping)
    here = objective_of(cost.energy_pj, cost.latency_cycles, objective)
    if found.value is not None and abs(here - found.value) > TOLERANCE * found.value:
        faulty = (
            ""
            if comparable(layer, accelerator, found.mapping)
            else ", a known fault of the reference"
        )
        yield (
            f"{whose} mapping: the reference says {found.value:.12g}, our model {here:.12g}{faulty}"
        )
        try:
            again = value_of(oracle_evaluate(layer, accelerator_text, found.mapping), objective)
        except Exception as error:
            yield (
                f"{whose} mapping: the reference cannot score it again: "
                f"{type(error).__name__}: {error}"
            )
        else:
            if abs(again - found.value) > TOLERANCE * found.value:
                yield (
                    f"{whose} mapping: translated and scored again, the reference says {again:.12g}"
                )


def described(mapping: LayerMapping | None) -> str:
    """One line for a mapping."""
    if mapping is None:
        return "none"
    loops = " ".join(f"{dim}{size}" for dim, size in mapping.temporal.loops) or "none"
    return (
        f"{mapping.spatial.by_array_dim}; loops from the innermost: {loops}; cuts (W, I, O): "
        f"{mapping.temporal.cuts}"
    )


def compare(
    group: LayerGroup,
    accelerator_text: str,
    path: Path,
    objective: Objective,
    options: SearchOptions,
    effort: ZigzagSearch | None,
) -> Row:
    """Both searches for one layer shape; without ``effort``, ours alone."""
    logging.disable(logging.WARNING)
    layer, accelerator = group.layer, load_accelerator(path)
    ours, status = search_ours(layer, accelerator, accelerator_text, objective, options)
    theirs = search_theirs(layer, accelerator_text, objective, effort) if effort else None
    findings = list(opinion("our", layer, accelerator, accelerator_text, ours, objective))
    if theirs is not None:
        findings += opinion(
            "the reference's", layer, accelerator, accelerator_text, theirs, objective
        )
    row = Row(group, theirs, ours, status, tuple(findings))
    if theirs is None or not row.worse:
        return row
    found = (
        *findings,
        f"our mapping: {described(ours.mapping)}",
        f"the reference's: {described(theirs.mapping)}",
    )
    return Row(group, theirs, ours, status, (f"OURS IS WORSE: {layer.loop_dims}", *found))


def shown(value: float | None, form: str) -> str:
    """A number, or a dash."""
    return "–" if value is None else format(value, form)


def table(rows: Iterator[Row], title: str, unit: str) -> Iterator[str]:
    """Write a table line by line as its rows come in, totals and remarks below."""
    yield f"## {title}"
    yield ""
    yield (
        f"| layer | × | zigzag [{unit}] | ours [{unit}] | zigzag / ours | zigzag [s] | ours "
        "[s] | ours is |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|---|"
    done: list[Row] = []
    for row in rows:
        done.append(row)
        theirs = row.theirs
        mark = " **worse**" if row.worse else ""
        yield (
            f"| {row.group.layer.name}{mark} | {row.group.count} | "
            f"{shown(theirs.value if theirs else None, '.6g')} "
            f"| {shown(row.ours.value, '.6g')} | {shown(row.ratio, '.4f')} "
            f"| {shown(theirs.seconds if theirs else None, '.2f')} | {row.ours.seconds:.2f} | "
            f"{row.status} |"
        )
    both = [row for row in done if row.ratio is not None]
    theirs_sum = sum(
        row.theirs.value * row.group.count for row in both if row.theirs and row.theirs.value
    )
    ours_sum = sum(row.ours.value * row.group.count for row in both if row.ours.value)
    theirs_s = sum(row.theirs.seconds for row in done if row.theirs)
    ours_s = sum(row.ours.seconds for row in done)
    if both:
        yield (
            f"| **all layers** | {sum(row.group.count for row in both)} | {theirs_sum:.6g} | "
            f"{ours_sum:.6g} "
            f"| {theirs_sum / ours_sum:.4f} | {theirs_s:.2f} | {ours_s:.2f} | |"
        )
    else:
        yield (
            f"| **all layers** | {sum(row.group.count for row in done)} | – | – | – | – | "
            f"{ours_s:.2f} | |"
        )
    yield ""
    findings = [f"- {row.group.layer.name}: {finding}" for row in done for finding in row.findings]
    if findings:
        yield from (*findings, "")
    if both:
        yield (
            f"{sum(row.worse for row in both)} of {len(both)} compared layers worse than the "
            "reference's."
        )
        yield ""


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "networks", nargs="*", default=["resnet18"], help="shipped networks or ONNX files"
    )
    parser.add_argument(
        "--accelerators", nargs="+", default=["aimc", "dimc"], help="files of the reference's wheel"
    )
    parser.add_argument("--objective", choices=get_args(Objective), default="energy")
    parser.add_argument(
        "--layers", type=int, help="only the first so many distinct layers of each network"
    )
    parser.add_argument("--skip-zigzag", action="store_true", help="only search here")
    parser.add_argument(
        "--factors",
        type=int,
        default=ZigzagSearch().factors,
        help="loops that the reference permutes",
    )
    parser.add_argument(
        "--spatial-mappings",
        type=int,
        default=ZigzagSearch().spatial_mappings,
        help="spatial mappings that it tries",
    )
    parser.add_argument(
        "--time-limit", type=float, help="seconds per layer for the search here; without, no limit"
    )
    parser.add_argument(
        "--jobs", type=int, choices=(1, 2), default=1, help="layers at the same time"
    )
    parser.add_argument("--output", type=Path, help="also write the Markdown to this file")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace, pool: Executor | None, output: TextIO | None) -> int:
    """Print every table; returns how many layers are worse."""
    worse = 0
    objective: Objective = options.objective
    limits = SearchOptions(time_limit_s=options.time_limit)
    for network in options.networks:
        groups = load_network(network).groups()[: options.layers]
        for name in options.accelerators:
            path = reference_hardware(name)
            one = partial(
                compare,
                accelerator_text=path.read_text(),
                path=path,
                objective=objective,
                options=limits,
                effort=None
                if options.skip_zigzag
                else ZigzagSearch(options.factors, options.spatial_mappings),
            )
            rows = list[Row]()

            def watched(found: Iterator[Row], seen: list[Row] = rows) -> Iterator[Row]:
                for row in found:
                    seen.append(row)
                    yield row

            found = pool.map(one, groups) if pool else map(one, groups)
            unit = {"energy": "pJ", "latency": "cycles", "edp": "pJ·cycles"}[objective]
            for line in table(
                watched(iter(found)), f"{network} on {name}.yaml, least {objective}", unit
            ):
                for stream in filter(None, (sys.stdout, output)):
                    print(line, file=stream, flush=True)
            worse += sum(row.worse for row in rows)
    return worse


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare; the exit status is 1 when ours is worse anywhere."""
    options = parse(arguments)
    with (
        ProcessPoolExecutor(2) if options.jobs == 2 else nullcontext() as pool,
        options.output.open("w") if options.output else nullcontext() as output,
    ):
        return int(run(options, pool, output) > 0)


if __name__ == "__main__":
    sys.exit(main())
