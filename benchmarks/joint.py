"""Layers of whole networks proved by the joint model alone, and compared with the usual search.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/joint.py``. It searches every
distinct layer of some networks on both presets, one after the other, and prints the table of
docs/joint.md. Seconds are those of one core, whatever else the machine does.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import Space, TileSizes
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.profile import IMC
from zigzag_imc.onnx_workload import load_network
from zigzag_imc.solver.joint.search import solve_jointly
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions, Solution

NETWORKS = ("resnet18", "resnet8", "ds_cnn")
ACCELERATORS = ("aimc", "dimc")
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)


@dataclass(frozen=True, slots=True)
class Row:
    """What the joint model made of a network.

    Attributes
    ----------
    network, accelerator, objective
        What was searched.
    layers
        Distinct layers.
    proved
        Those proved by the joint model.
    equal
        Those of which both searches say the same.
    joint_s, usual_s
        CPU seconds of both searches.
    """

    network: str
    accelerator: str
    objective: Objective
    layers: int
    proved: int
    equal: int
    joint_s: float
    usual_s: float


def distinct_layers(network: str) -> list[Layer]:
    """Layers of a network that differ in more than their names."""
    layers = load_network(network).layers
    return list({(layer.loop_dims, layer.windows): layer for layer in reversed(layers)}.values())


@cache
def both(
    layer: Layer, accelerator: str, objective: Objective, options: SearchOptions
) -> tuple[tuple[Solution, float], tuple[Solution, float]]:
    """Search a layer by the joint model, and as usual; each with its CPU seconds."""
    target = load_accelerator(accelerator)
    found = []
    for search in (solve_jointly, solve):
        started = time.process_time()
        solution = search(layer, target, IMC, objective, options)
        found.append((solution, time.process_time() - started))
    return found[0], found[1]


def row(network: str, accelerator: str, objective: Objective, options: SearchOptions) -> Row:
    """Search all layers of a network."""
    found = [both(layer, accelerator, objective, options) for layer in distinct_layers(network)]
    return Row(
        network,
        accelerator,
        objective,
        layers=len(found),
        proved=sum(joint.status == "OPTIMAL" for (joint, _), _ in found),
        equal=sum(is_equal(joint, usual) for (joint, _), (usual, _) in found),
        joint_s=sum(seconds for (_, seconds), _ in found),
        usual_s=sum(seconds for _, (_, seconds) in found),
    )


def is_equal(joint: Solution, usual: Solution) -> bool:
    """Whether two searches of a layer say the same."""
    one, other = joint.objective_value, usual.objective_value
    return one is not None and other is not None and abs(one - other) <= COARSEST * other


def table(rows: Iterator[Row]) -> Iterator[str]:
    """Lines of the table, as they come."""
    yield "| network | preset | objective | layers | proved | equal | joint (s) | usual (s) |"
    yield "| --- | --- | --- | --: | --: | --: | --: | --: |"
    for each in rows:
        yield (
            f"| {each.network} | {each.accelerator} | {each.objective} | {each.layers} "
            f"| {each.proved} | {each.equal} | {each.joint_s:.1f} | {each.usual_s:.1f} |"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=NETWORKS)
    parser.add_argument("--accelerators", nargs="+", default=ACCELERATORS)
    parser.add_argument("--objectives", nargs="+", default=OBJECTIVES)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds a layer at most")
    parser.add_argument("--diagonals", action="store_true", help="with diagonals")
    parser.add_argument(
        "--tile-sizes", choices=get_args(TileSizes), default="divisors", help="sizes of tiles"
    )
    asked = parser.parse_args(arguments)
    space = Space(asked.tile_sizes, asked.diagonals)
    options = SearchOptions(time_limit_s=asked.limit, space=space)
    rows = (
        row(network, accelerator, objective, options)
        for network in asked.networks
        for accelerator in asked.accelerators
        for objective in asked.objectives
    )
    for line in table(rows):
        print(line, flush=True)


if __name__ == "__main__":
    main()
