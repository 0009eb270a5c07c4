"""Small layers of sizes that hardly divide, on random small accelerators."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tests.mappings import random_short_mappings
from tests.solver.small_cases import random_accelerator
from zigzag_imc.core.layer import Layer, Precision
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.models.profile import CostProfile


@dataclass(frozen=True)
class OddCase:
    """A model, and mappings whose last tiles may be short."""

    model: CostModel
    mappings: tuple[LayerMapping, ...]


def odd_layer(rng: random.Random) -> Layer:
    """Draw a matrix product or a convolution with some dimensions of 5, 7, 9 or 11 steps."""
    precision = Precision(8, 8, rng.choice((16, 24)), rng.choice((8, 16)))
    odd = (2, 3, 5, 7, 9, 11)
    if rng.random() < 0.4:
        return matmul_layer(
            "odd product",
            rows=rng.choice(odd),
            out_channels=rng.choice(odd),
            in_channels=rng.choice(odd),
            batch=rng.choice((1, 1, 3)),
            weight_batched=rng.random() < 0.5,
            precision=precision,
        )
    stride, dilation = rng.choice((1, 1, 2, 3)), rng.choice((1, 1, 2, 3))
    output, taps = rng.choice((5, 7)), rng.choice((1, 3, 5))
    reach = (output - 1) * stride + (taps - 1) * dilation + 1
    return conv_layer(
        "odd window",
        groups=rng.choice((1, 1, 3)),
        out_channels=rng.choice((1, 3, 5)),
        in_channels=rng.choice((1, 3, 5)),
        output_size=(rng.choice((1, 1, 3)), output),
        filter_size=(rng.choice((1, 1, 3)), taps),
        stride=stride,
        dilation=dilation,
        input_size=(9, max(1, reach - rng.choice((0, 1, 2)))) if rng.random() < 0.5 else None,
        precision=precision,
    )


def odd_case(seed: int, profile: CostProfile, count: int = 5, most_steps: int = 600) -> OddCase:
    """Draw a case; the same seed gives the same one."""
    rng = random.Random(f"odd {seed}")
    accelerator = accelerator_from_dict(random_accelerator(rng), "odd")
    model = CostModel(odd_layer(rng), accelerator, profile)
    drawn = random_short_mappings(rng, model.layer, model.accelerator, profile)
    few = (m for m in islice(drawn, 4 * count) if model.spread(m.spatial).steps <= most_steps)
    return OddCase(model, tuple(islice(few, count)))


def odd_cases(seeds: range, profile: CostProfile) -> Iterator[OddCase]:
    """Draw one case per seed."""
    return (odd_case(seed, profile) for seed in seeds)
