"""What staying on chip saves and takes to prove; and random networks against all their choices.

python benchmarks/locality.py                    # the shipped networks on both presets
python benchmarks/locality.py --arrays 64 256    # on square arrays of the template instead
python benchmarks/locality.py --study 64 --output-bits 8    # on the arrays of a published study
python benchmarks/locality.py --sram-kb 16 32 64 # with less room for activations
python benchmarks/locality.py --cases 300        # random small networks, every choice gone through
python benchmarks/locality.py --cases 300 --record cases.jsonl    # again: goes on where it stopped
python benchmarks/locality.py --cases 100 --order best    # networks with branches, every order, too
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, get_args

from zigzag_imc.core.accelerator import Accelerator, Direction
from zigzag_imc.core.objective import KeepingRule, Objective, OrderRule
from zigzag_imc.core.space import ANY_OUTERMOST, DIVISORS, TileSizes
from zigzag_imc.library.mapping import map_network
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.hardware.templates.template import Template
from zigzag_imc.models.profile import IMC, default_space
from zigzag_imc.results.result import NetworkResult

NETWORKS = (
    *("ds_cnn", "resnet8", "mobilenetv1_025", "deep_autoencoder"),
    *("resnet18", "resnet50", "mobilenetv2", "vit_tiny"),
)
PRESETS = ("aimc", "dimc")
OBJECTIVES: tuple[Objective, ...] = ("energy", "edp")
_EVERY_MOVE = (
    *((operand, way) for operand in "IW" for way in (Direction.FROM_HIGH, Direction.TO_LOW)),
    *(("O", way) for way in Direction),
)
"""What a memory at the top does for all operands."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table, or the differences between search and enumeration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, metavar="N", help="random networks to go through")
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="cases that are done, a line each"
    )
    parser.add_argument(
        "--inferences",
        type=int,
        default=1,
        metavar="N",
        help="where weights may stay",
    )
    parser.add_argument(
        "--order", choices=["graph", "best"], default="graph", help="with --cases: order of layers"
    )
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), metavar="NETWORK")
    parser.add_argument("--presets", nargs="+", default=list(PRESETS), metavar="FILE")
    parser.add_argument(
        "--arrays", type=int, nargs="+", metavar="N", help="arrays of N x N cells, not presets"
    )
    parser.add_argument(
        "--study", type=int, metavar="N", help="on the study's arrays of N x N, with its cost model"
    )
    parser.add_argument("--objectives", nargs="+", default=list(OBJECTIVES))
    parser.add_argument(
        "--output-bits", type=int, metavar="N", help="bits of sums, also in registers of the arrays"
    )
    parser.add_argument("--keep-ends", action="store_true", help="inputs and results may stay, too")
    parser.add_argument(
        "--tile-sizes", choices=get_args(TileSizes), help="not those of the default space"
    )
    parser.add_argument("--sram-kb", type=int, nargs="+", metavar="KB", help="sizes of the SRAM")
    asked = parser.parse_args(arguments)
    if asked.cases is not None:
        seeds = range(asked.first, asked.first + asked.cases)
        return _report(seeds, asked.inferences, asked.order, asked.record)
    print("| network | accelerator | objective | none | greedy saves | best saves ", end="")
    print("| s none | s best | ratio | proved |")
    print("|---|---|---|--:|--:|--:|--:|--:|--:|---|")
    _mapped("ds_cnn", load_accelerator(PRESETS[0]), "best", {"objective": "edp"})  # imports, once
    options: dict[str, Any] = {"keep_ends": asked.keep_ends}
    if asked.output_bits:
        options["precision"] = f"O={asked.output_bits}"
    if asked.study:
        options["cost_model"] = "zigzag-imc"
    if asked.tile_sizes:
        options["space"] = replace(default_space(IMC), tile_sizes=asked.tile_sizes)
    for network in asked.networks:
        for whole in _accelerators(asked):
            for sized in _sized(whole, asked.sram_kb):
                for objective in asked.objectives:
                    print(_row(network, sized, objective, options), flush=True)
    return 0


def _accelerators(asked: argparse.Namespace) -> Iterator[Accelerator]:
    """Yield presets, or arrays whose inputs, outputs and weights all come from DRAM."""
    if asked.study:
        yield from _of_study(asked.study)
        return
    if not asked.arrays:
        yield from map(load_accelerator, asked.presets)
        return
    for side in asked.arrays:
        for kind in PRESETS:
            of: dict[str, Any] = {"rows": side, "columns": side, "activations_in": "dram"}
            if asked.output_bits:
                of["output_bits"] = asked.output_bits
            yield Template(kind=kind, name=f"{kind} {side} x {side}", **of).accelerator()


def _of_study(side: int) -> Iterator[Accelerator]:
    """Yield the study's arrays of a size, with their DRAM opened to inputs and outputs."""
    sys.path.insert(0, os.fspath(Path(__file__).resolve().parents[1]))
    from benchmarks.study_points import points

    found = {one.title.split(", ")[1]: one.accelerator for one in points()}
    for title, one in found.items():
        if title.endswith(f" {side} x {side}"):
            *others, dram = one.memories
            port, *rest = dram.ports
            whole = replace(port, allocation=_EVERY_MOVE)
            opened = replace(dram, operands=("I", "W", "O"), ports=(whole, *rest))
            yield one.replace(name=f"study's {title}", memories=(*others, opened))


def _sized(accelerator: Accelerator, sizes_kb: Sequence[int] | None) -> Iterator[Accelerator]:
    """Yield the accelerator with every size of its SRAM that is asked for."""
    if not sizes_kb:
        yield accelerator
        return
    for size in sizes_kb:
        memories = (
            replace(one, size_bits=size * 8192) if one.name.startswith("sram") else one
            for one in accelerator.memories
        )
        yield accelerator.replace(name=f"{accelerator.name} {size} KB", memories=tuple(memories))


def _row(
    network: str, accelerator: Accelerator, objective: Objective, options: Mapping[str, Any]
) -> str:
    """Return a row of the table: seconds are those of the processor, of one process.

    What is imported once is not among them.
    """
    asked = {"objective": objective, **options}
    none, none_s = _mapped(network, accelerator, "none", asked | {"keep_ends": False})
    greedy, _ = _mapped(network, accelerator, "zigzag", asked)
    best, best_s = _mapped(network, accelerator, "best", asked)
    all_found = (none, greedy, best)
    value, *others = [found.totals.objective_value or float("nan") for found in all_found]
    saved = " | ".join(f"{1 - other / value:.1%}" for other in others)
    proved = "yes" if all(found.totals.status == "OPTIMAL" for found in all_found) else "no"
    return (
        f"| {network} | {accelerator.name} | {objective} | {value:.4g} | {saved} "
        f"| {none_s:.1f} | {best_s:.1f} | {best_s / none_s:.1f} | {proved} |"
    )


def _mapped(
    network: str, accelerator: Accelerator, locality: KeepingRule, asked: Mapping[str, Any]
) -> tuple[NetworkResult, float]:
    started = time.process_time()
    found = map_network(network, accelerator, scope="network", locality=locality, jobs=1, **asked)
    return found, time.process_time() - started


@dataclass(frozen=True)
class Case:
    """A random network for an objective: what search and enumeration find.

    Attributes
    ----------
    seed, inferences, order, tile_sizes
        What it is drawn from, for how many inferences weights are loaded once, whether the order of
        the layers is that of the graph, and which sizes tiles may have.
    objective, value, status
        What is made least, what the search finds, and how far it is proved.
    expected
        Least of all choices and mappings.
    """

    seed: int
    inferences: int
    objective: Objective
    value: float
    status: str
    expected: float
    order: OrderRule = "graph"
    tile_sizes: TileSizes = "divisors"

    @property
    def is_right(self) -> bool:
        """Whether both find the same, proved."""
        return self.status == "OPTIMAL" and abs(self.value - self.expected) <= 1e-6 * self.expected


def _report(seeds: range, inferences: int, order: OrderRule, record: Path | None) -> int:
    """Go through random networks, and say where search and enumeration differ."""
    sys.path.insert(0, os.fspath(Path(__file__).resolve().parents[1]))
    done: dict[int, list[Case]] = {}
    if record is not None and record.exists():
        for line in record.read_text().splitlines():
            case = Case(**json.loads(line))
            if case.seed in seeds and (case.inferences, case.order) == (inferences, order):
                done.setdefault(case.seed, []).append(case)
    for seed in seeds:
        if seed not in done:
            found = _orders(seed) if order == "best" else _cases(seed, inferences)
            done[seed] = list(found)
            if record is not None:
                lines = (json.dumps(asdict(case)) + "\n" for case in done[seed])
                with record.open("a") as file:
                    file.writelines(lines)
        wrong = [case for cases in done.values() for case in cases if not case.is_right]
        print(f"{len(done)} of {len(seeds)} networks, {len(wrong)} differences", flush=True)
    for case in wrong:
        print(f"seed {case.seed}, {case.objective}: {case.value!r}, not {case.expected!r}")
    return int(bool(wrong))


def _cases(seed: int, inferences: int) -> list[Case]:
    """Search and enumerate one random network for all objectives.

    Tiles divide where the seed is even, and their last ones may be short where it is odd.
    """
    from tests.locality.plain_choices import PlainChoices
    from tests.locality.small_networks import random_question, with_room_for_weights

    draw, space = random.Random(seed), ANY_OUTERMOST if seed % 2 else DIVISORS
    network, accelerator = random_question(draw, space)
    if inferences > 1:
        accelerator = with_room_for_weights(draw, accelerator)
    plain = PlainChoices(network, accelerator, IMC, space, inferences)
    objectives: tuple[Objective, ...] = ("energy", "latency", "edp")
    cases = []
    for objective in objectives:
        found = map_network(
            network,
            accelerator,
            objective=objective,
            locality="best",
            inferences=inferences,
            space=space,
            jobs=1,
        ).totals
        value, least = found.objective_value or float("inf"), plain.least(objective)
        case = Case(seed, inferences, objective, value, found.status, least)
        cases.append(replace(case, tile_sizes=space.tile_sizes))
    return cases


def _orders(seed: int) -> Iterator[Case]:
    """Search and enumerate all orders of one random network with branches, for all objectives."""
    from tests.locality.plain_orders import PlainOrders
    from tests.locality.small_networks import random_accelerator, random_branches

    draw = random.Random(seed)
    network, accelerator = random_branches(draw), random_accelerator(draw)
    plain = PlainOrders(network, accelerator)
    objectives: tuple[Objective, ...] = ("energy", "latency", "edp")
    for objective in objectives:
        found = map_network(
            network,
            accelerator,
            objective=objective,
            locality="best",
            order="best",
            space=DIVISORS,
            jobs=1,
        ).totals
        value, (_, least) = found.objective_value or float("inf"), plain.least(objective)
        yield Case(seed, 1, objective, value, found.status, least, "best")


if __name__ == "__main__":
    raise SystemExit(main())
