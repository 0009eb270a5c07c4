"""Time the exact scoring of mappings against the reference tool.

Over several layers and accelerators in one run:

    PYTHONPATH=. python benchmarks/score_speed.py [--mappings 60] [--repeats 5]

Both sides score the same random legal mappings, given as loops and cuts. Layer and accelerator are
built before, by both. What is timed:

- *reference*: ``TemporalMapping`` from the loops of every operand and level, then
  ``CostModelEvaluationForIMC``, which works out all terms of the cost. Its spatial mapping is
  converted before.
- *ours*: ``CostModel.evaluate`` of a mapping whose spatial part the model has met before, as nearly
  all are in a search; so here, too, what follows from the spatial mapping alone is ready. It works
  out energy, latency and the parts of the latency; the single terms wait until somebody asks.
- *with terms*: the same, and all terms asked for.
- *new spatial*: both from a spatial mapping not met before; the reference with its conversion
  (``SpatialMappingConversionStage``).

Every mapping is scored several times, by both, and the fastest counts. Ours are scored in turn, so
that no score can profit from the one before.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from tests.accelerators import variant, variant_text
from tests.layers import LAYERS
from tests.mappings import random_mappings
from tests.oracle import timed_oracle
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.profile import ZIGZAG
from zigzag_imc.zigzag_bridge.comparable import comparable

CASES = (
    ("aimc", "conv7x7s2"),
    ("aimc", "conv3x3"),
    ("aimc", "conv3x3_wide"),
    ("aimc", "conv1x1s2"),
    ("aimc", "depthwise"),
    ("aimc", "gemm"),
    ("dimc", "conv3x3"),
    ("dimc", "fully_connected"),
)


class Times(NamedTuple):
    """Mean microseconds for one mapping."""

    reference: float
    ours: float
    with_terms: float
    reference_new: float
    ours_new: float

    def line(self, accelerator: str, layer: str) -> str:
        """Table row, ratios included."""
        return (
            f"{accelerator:6} {layer:16} {self.reference:9.0f} {self.ours:7.1f} "
            f"{self.reference / self.ours:7.1f}"
            f" {self.with_terms:11.1f} {self.reference / self.with_terms:7.1f}"
            f" {self.reference_new:19.0f} {self.ours_new:7.1f} "
            f"{self.reference_new / self.ours_new:7.1f}"
        )


HEADER = (
    f"{'':23} {'reference':>9} {'ours':>7} {'ratio':>7} {'with terms':>11} {'ratio':>7}"
    f" {'new spatial: ref.':>19} {'ours':>7} {'ratio':>7}   (microseconds)"
)


def seconds(score: Callable[[LayerMapping], object], mapping: LayerMapping) -> float:
    """Time of one score."""
    start = time.perf_counter()
    score(mapping)
    return time.perf_counter() - start


def reference_seconds(
    accelerator: str, layer: str, mapping: LayerMapping, repeats: int
) -> tuple[float, float]:
    """Fastest of several evaluations of one mapping by the reference.

    Without and with its spatial part.
    """
    timed = [
        timed_oracle(LAYERS[layer], variant_text(accelerator), mapping) for _ in range(repeats)
    ]
    return min(t.seconds for t in timed), min(t.seconds + t.spatial_seconds for t in timed)


def compare(accelerator: str, layer_name: str, count: int, repeats: int) -> Times:
    """Time both sides on one layer."""
    layer, imc = LAYERS[layer_name], variant(accelerator)
    rng = random.Random(f"{accelerator} {layer_name}")
    drawn = (m for m in random_mappings(rng, layer, imc) if comparable(layer, imc, m))
    mappings = list(islice(drawn, count))
    theirs = [reference_seconds(accelerator, layer_name, mapping, repeats) for mapping in mappings]
    model = CostModel(layer, imc, ZIGZAG)
    for mapping in mappings:  # the model meets all spatial mappings
        model.evaluate(mapping)

    def fastest(rounds: Iterator[float]) -> float:
        return min(rounds) / count * 1e6

    return Times(
        sum(known for known, _ in theirs) / count * 1e6,
        fastest(sum(seconds(model.evaluate, m) for m in mappings) for _ in range(repeats)),
        fastest(
            sum(seconds(lambda m: model.evaluate(m).terms, m) for m in mappings)
            for _ in range(repeats)
        ),
        sum(new for _, new in theirs) / count * 1e6,
        fastest(
            sum(seconds(CostModel(layer, imc, ZIGZAG).evaluate, m) for m in mappings)
            for _ in range(repeats)
        ),
    )


def main() -> None:
    """Print a line per case and their mean."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mappings", type=int, default=60, help="mappings for each case")
    parser.add_argument(
        "--repeats", type=int, default=5, help="the fastest of so many scores counts"
    )
    options = parser.parse_args()
    print(HEADER)
    found = []
    for accelerator, layer in CASES:
        found.append(compare(accelerator, layer, options.mappings, options.repeats))
        print(found[-1].line(accelerator, layer), flush=True)
    print(
        Times(*(sum(column) / len(found) for column in zip(*found, strict=True))).line("mean", "")
    )


if __name__ == "__main__":
    main()
