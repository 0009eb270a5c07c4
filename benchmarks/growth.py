"""How long one layer takes as its loops get more prime factors.

Its table is part of ``benchmarks/README.md``.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/growth.py``. The number of prime
factors decides how many loop orders and tiles there are; the loops' sizes themselves do not.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.hardware.presets import preset_path
from zigzag_imc.models.mapspace.factors import prime_factors
from zigzag_imc.models.profile import IMC
from zigzag_imc.solver.search import solve
from zigzag_imc.solver.solution import SearchOptions

OBJECTIVES: tuple[Objective, ...] = ("energy", "latency", "edp")
FACTORS = (6, 10, 15, 20, 25, 30, 35, 40)


def matrix_product(factors: int) -> Layer:
    """Matrix product whose three dimensions share so many factors of two."""
    rows, columns, inner = (factors // 3 + (place < factors % 3) for place in range(3))
    return matmul_layer(
        f"matmul{factors}", rows=2**rows, out_channels=2**columns, in_channels=2**inner
    )


def convolution(factors: int) -> Layer:
    """3x3 convolution.

    Two factors of three, the others two, shared by channels and output positions.
    """
    k, c, y, x = ((factors - 2) // 4 + (place < (factors - 2) % 4) for place in range(4))
    return conv_layer(
        f"conv{factors}",
        out_channels=2**k,
        in_channels=2**c,
        output_size=(2**y, 2**x),
        filter_size=(3, 3),
    )


def prime_factor_count(layer: Layer) -> int:
    """Number of prime factors of all loops."""
    return sum(exponent for _, size in layer.loop_dims for _, exponent in prime_factors(size))


def rows(preset: str, time_limit: float, factors: tuple[int, ...] = FACTORS) -> Iterator[str]:
    """Lines of a Markdown table, one per number of prime factors."""
    accelerator = load_accelerator(preset_path(preset))
    solve(
        matrix_product(FACTORS[0]), accelerator, IMC, "edp"
    )  # imports the solver's library, which takes its time
    yield "| prime factors | layer | mapspace | energy [s] | latency [s] | EDP [s] |"
    yield "| --: | --- | --: | --: | --: | --: |"
    for count in factors:
        for layer in (matrix_product(count), convolution(count)):
            cells, mapspace = [], 0
            for objective in OBJECTIVES:
                start = time.perf_counter()
                solution = solve(
                    layer, accelerator, IMC, objective, SearchOptions(time_limit_s=time_limit)
                )
                seconds = time.perf_counter() - start
                mapspace = solution.mapspace_size or 0
                proved = "" if solution.status == "OPTIMAL" else f" (gap {solution.gap:.1%})"
                cells.append(f"{seconds:.2f}{proved}")
            sizes = " ".join(f"{dim}{size}" for dim, size in layer.loop_dims if size > 1)
            yield (
                f"| {prime_factor_count(layer)} | {sizes} | {float(mapspace):.0e} | "
                f"{' | '.join(cells)} |"
            )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--accelerator", default="dimc", help="preset")
    parser.add_argument(
        "--time-limit", type=float, default=60.0, help="seconds per layer and objective"
    )
    options = parser.parse_args()
    for line in rows(options.accelerator, options.time_limit):
        print(line, flush=True)


if __name__ == "__main__":
    main()
