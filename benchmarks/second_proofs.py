"""Claims of whole networks refuted below by the joint model, as `verify --prove` asks for them.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/second_proofs.py``. It searches
every distinct layer of some networks among tiles of any size, with diagonals, one after the other;
then the joint model is asked for anything below the optimum. Seconds are those of one core,
whatever else the machine does.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.joint import ACCELERATORS, OBJECTIVES, distinct_layers
from zigzag_imc.checking.questions import PARAMETERS
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.core.space import Space
from zigzag_imc.core.tolerances import COARSEST, RESOLUTION
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.joint.search import solve_jointly
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions, Solution

SPACE = Space("any-outermost", diagonals=True)
MARGIN = {"energy": RESOLUTION / 2, "latency": RESOLUTION / 2, "edp": COARSEST / 2}
"""How far below the optimum it is asked, relatively."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim about one layer.

    Attributes
    ----------
    layer
        Its name.
    is_proved
        Whether the joint model has refuted everything below the optimum.
    search_s, proof_s
        CPU seconds of the search, and of the joint model.
    """

    layer: str
    is_proved: bool
    search_s: float
    proof_s: float


def claim(layer: Layer, accelerator: str, objective: Objective, limit_s: float) -> Claim:
    """Search a layer, and ask for anything below its optimum."""
    target = load_accelerator(accelerator)
    options = SearchOptions(limit_s, space=SPACE)
    found, search_s = _timed(lambda: solve(layer, target, IMC, objective, options))
    if found.status != "OPTIMAL" or found.objective_value is None:
        return Claim(layer.name, is_proved=False, search_s=search_s, proof_s=0.0)
    cutoff = found.objective_value * (1 - MARGIN[objective])
    asked = SearchOptions(limit_s, space=SPACE, cutoff=cutoff, parameters=PARAMETERS)
    proof, proof_s = _timed(lambda: solve_jointly(layer, target, IMC, objective, asked))
    return Claim(layer.name, proof.status == "INFEASIBLE", search_s, proof_s)


def _timed(search: Callable[[], Solution]) -> tuple[Solution, float]:
    """Search, and say how many CPU seconds that took."""
    started = time.process_time()
    found = search()
    return found, time.process_time() - started


def line(network: str, accelerator: str, objective: Objective, claims: Sequence[Claim]) -> str:
    """A line of the table: the claims about a network."""
    search_s, proof_s = sum(each.search_s for each in claims), sum(each.proof_s for each in claims)
    longest_s = max(each.proof_s for each in claims)
    proved = sum(each.is_proved for each in claims)
    return (
        f"| {network} | {accelerator} | {objective} | {search_s:.1f} | {proof_s:.1f} "
        f"| {longest_s:.1f} | {proved} of {len(claims)} |"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=["resnet18"])
    parser.add_argument("--accelerators", nargs="+", default=ACCELERATORS)
    parser.add_argument("--objectives", nargs="+", default=OBJECTIVES)
    parser.add_argument("--limit", type=float, default=100.0, help="seconds a layer at most")
    asked = parser.parse_args(arguments)
    print("| network | preset | objective | search (s) | joint model (s) | longest (s) | proved |")
    print("| --- | --- | --- | --: | --: | --: | --: |")
    wanted = itertools.product(asked.networks, asked.accelerators, asked.objectives)
    for network, accelerator, objective in wanted:
        layers = distinct_layers(network)
        claims = [claim(layer, accelerator, objective, asked.limit) for layer in layers]
        print(line(network, accelerator, objective, claims), flush=True)


if __name__ == "__main__":
    main()
