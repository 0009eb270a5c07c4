"""Time the scoring of mappings against the reference tool, over several layers and accelerators in one run.

    PYTHONPATH=. python benchmarks/score_speed.py [--mappings 60] [--repeats 5]

Both sides score the same random legal mappings. The reference is timed from its converted spatial and temporal mapping
to its evaluation (``CostModelEvaluationForIMC``); our time is that of ``CostModel.evaluate`` on a model built before,
once for mappings whose spatial part it has met, as in a search, and once for ones it has not. Every mapping is scored
several times by both, the fastest counts.
"""

from __future__ import annotations

import argparse
import random
import time
from itertools import islice

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


def seconds(model: CostModel, mapping: LayerMapping, repeats: int) -> float:
    """Fastest of several scores of one mapping."""
    fastest = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        model.evaluate(mapping)
        fastest = min(fastest, time.perf_counter() - start)
    return fastest


def compare(accelerator: str, layer_name: str, count: int, repeats: int) -> tuple[float, float, float]:
    """Mean seconds a mapping: the reference, ours, ours on a new spatial mapping."""
    layer, imc = LAYERS[layer_name], variant(accelerator)
    rng = random.Random(f"{accelerator} {layer_name}")
    drawn = (m for m in random_mappings(rng, layer, imc) if comparable(layer, imc, m))
    mappings = list(islice(drawn, count))
    text = variant_text(accelerator)
    theirs = sum(min(timed_oracle(layer, text, m)[1] for _ in range(max(2, repeats // 2))) for m in mappings)
    model = CostModel(layer, imc, ZIGZAG)
    new = sum(seconds(CostModel(layer, imc, ZIGZAG), m, 1) for m in mappings)
    for mapping in mappings:
        model.evaluate(mapping)
    # All mappings in turn, not one over and over: no part of a score may come from the last one.
    ours = min(sum(seconds(model, m, 1) for m in mappings) for _ in range(repeats))
    return theirs / count, ours / count, new / count


def main() -> None:
    """Print a line per case and the overall ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mappings", type=int, default=60, help="mappings per layer")
    parser.add_argument("--repeats", type=int, default=5, help="the fastest of so many runs counts")
    options = parser.parse_args()
    print(f"{'accelerator':12} {'layer':16} {'reference us':>13} {'ours us':>9} {'ratio':>7} {'new spatial us':>15}")
    total_theirs = total_ours = total_new = 0.0
    for accelerator, layer in CASES:
        theirs, ours, new = compare(accelerator, layer, options.mappings, options.repeats)
        total_theirs, total_ours, total_new = total_theirs + theirs, total_ours + ours, total_new + new
        print(
            f"{accelerator:12} {layer:16} {theirs * 1e6:13.0f} {ours * 1e6:9.1f} {theirs / ours:7.1f} {new * 1e6:15.1f}"
        )
    print(
        f"{'all':12} {'':16} {total_theirs / len(CASES) * 1e6:13.0f} {total_ours / len(CASES) * 1e6:9.1f} "
        f"{total_theirs / total_ours:7.1f} {total_new / len(CASES) * 1e6:15.1f}"
    )


if __name__ == "__main__":
    main()
