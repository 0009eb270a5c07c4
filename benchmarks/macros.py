"""How long proofs take, and how much memory, on accelerators of several macros.

Each layer goes onto the preset `dimc` with more array dimensions, which SRAM and DRAM serve: 16 and
64 macros along one dimension, and eight by eight. Every search has a process of its own.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/macros.py``. Its table is part of
``benchmarks/README.md``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import NamedTuple, get_args

from zigzag_imc.core.accelerator import Accelerator, MemoryInstance
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import Space, TileSizes
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions

PRESET = "dimc"
MACROS = ("16", "64", "8x8")
"""Macros along every array dimension beyond rows and columns."""

LAYERS = {
    "3x3 128-128 on 28x28": conv_layer(
        "conv28", out_channels=128, in_channels=128, output_size=(28, 28), filter_size=(3, 3)
    ),
    "3x3 512-512 on 56x56": conv_layer(
        "conv56", out_channels=512, in_channels=512, output_size=(56, 56), filter_size=(3, 3)
    ),
    "2048x11008x4096": matmul_layer("gemm", rows=2048, out_channels=11008, in_channels=4096),
}
"""The 3x3 convolutions of the second stage of ResNet-18, a larger one, and a projection of a
language model for 2048 tokens."""

_BYTES = 1024 if sys.platform.startswith("linux") else 1
"""Bytes per unit in which the system tells the largest size of a process."""


class Outcome(NamedTuple):
    """What a search found and took.

    Attributes
    ----------
    status
        How far it is proved.
    value, bound
        Objective of the mapping and its certified bound; ``None`` where there is none.
    gap
        Relative distance of both.
    cpu_s
        Processor time in seconds, all threads together, without imports.
    megabytes
        Largest size of the process.
    """

    status: str
    value: float | None
    bound: float | None
    gap: float | None
    cpu_s: float
    megabytes: float


def with_macros(accelerator: Accelerator, macros: str) -> Accelerator:
    """Return an accelerator with further array dimensions, D3 and so on.

    The memories that serve all of rows and columns serve them, too; whatever is inside a macro has
    an instance in each.
    """
    array = accelerator.array
    known = {name for name, _ in array.dimensions}
    sizes = map(int, macros.split("x"))
    further = tuple((f"D{number}", size) for number, size in enumerate(sizes, len(known) + 1))
    names = {name for name, _ in further}

    def served(memory: MemoryInstance) -> MemoryInstance:
        is_shared = known <= memory.served
        return replace(memory, served=memory.served | names) if is_shared else memory

    wider = replace(array, dimensions=(*array.dimensions, *further))
    return accelerator.replace(array=wider, memories=tuple(map(served, accelerator.memories)))


def search(
    layer: Layer, macros: str, objective: Objective, space: Space, cpu_limit_s: float
) -> Outcome:
    """Search one layer in this process, for so many seconds of the processor."""
    accelerator = with_macros(load_accelerator(PRESET), macros)
    started = time.process_time()
    budget = Budget.of(cpu_limit_s, clock=time.process_time)
    solution = solve(layer, accelerator, IMC, objective, SearchOptions(space=space), budget)
    cpu_s = time.process_time() - started
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _BYTES / 1e6
    gap = solution.gap if solution.bound is not None else None
    return Outcome(solution.status, solution.objective_value, solution.bound, gap, cpu_s, largest)


def _answer(end: Connection, *question: object) -> None:
    """Search in a process of its own, and send the outcome."""
    end.send(search(*question))  # type: ignore[arg-type]
    end.close()


def searched_apart(
    layer: Layer, macros: str, objective: Objective, space: Space, cpu_limit_s: float
) -> Outcome:
    """Search one layer in a fresh process."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    arguments = (there, layer, macros, objective, space, cpu_limit_s)
    process = context.Process(target=_answer, args=arguments)
    process.start()
    there.close()
    outcome: Outcome = here.recv()
    process.join()
    return outcome


def rows(
    layers: Sequence[str],
    macros: Sequence[str],
    objectives: Sequence[Objective],
    space: Space,
    cpu_limit_s: float,
) -> Iterator[str]:
    """Yield the lines of a Markdown table, one per layer, array and objective."""
    yield "| layer | macros | objective | proved | value | gap | CPU seconds | MB |"
    yield "| --- | --: | --- | --- | --: | --: | --: | --: |"
    for name in layers:
        for each in macros:
            for objective in objectives:
                found = searched_apart(LAYERS[name], each, objective, space, cpu_limit_s)
                yield f"| {name} | {each} | {objective} | {_cells(found)} |"


def _cells(found: Outcome) -> str:
    """Say what a search found and took."""
    proved = "yes" if found.status == "OPTIMAL" else found.status
    value = "–" if found.value is None else f"{found.value:.7g}"
    gap = "–" if found.gap is None else f"{found.gap:.1%}"
    return f"{proved} | {value} | {gap} | {found.cpu_s:.1f} | {found.megabytes:.0f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--layer", nargs="*", choices=LAYERS, default=[*LAYERS])
    parser.add_argument("--macros", nargs="*", default=MACROS, help="such as 16 or 8x8")
    parser.add_argument("--objective", nargs="*", default=get_args(Objective))
    parser.add_argument("--diagonals", action="store_true", help="among diagonals, too")
    parser.add_argument("--tile-sizes", choices=get_args(TileSizes), default="divisors")
    parser.add_argument("--cpu-limit", type=float, default=60.0, help="CPU seconds a search")
    options = parser.parse_args()
    space = Space(tile_sizes=options.tile_sizes, diagonals=options.diagonals)
    for line in rows(options.layer, options.macros, options.objective, space, options.cpu_limit):
        print(line, flush=True)


if __name__ == "__main__":
    main()
