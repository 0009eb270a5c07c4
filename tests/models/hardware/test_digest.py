"""The digest of an accelerator sees what matters, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from tests.models.hardware.small_file import (
    SMALL,
)
from zigzag_imc.models.hardware.files import (
    accelerator_digest,
    load_accelerator,
)


def test_digest_is_stable() -> None:
    """The digest is stored in certificates: a change of it makes those unreadable."""
    assert (
        accelerator_digest(load_accelerator(SMALL))
        == "7855e07872547c92a9bd673a30338779d2b0eb734e0aecde7dcf204b94a165ea"
    )


def test_digest_sees_every_figure_and_the_order_of_memories() -> None:
    base = load_accelerator(SMALL)
    cells, sram, dram = base.memories
    port = sram.ports[0]
    variants = [
        base,
        base.replace(name="other"),
        base.replace(array=replace(base.array, bits_per_cycle=2.0)),
        base.replace(array=replace(base.array, dimensions=(("D1", 4), ("D2", 8), ("D3", 5)))),
        base.replace(memories=(cells, dram, sram)),
        *(
            base.replace(memories=(cells, replace(sram, **change), dram))
            for change in (
                {"size_bits": 65537},
                {"read_energy_pj": 20.500000000000004},
                {"write_energy_pj": 0.0},
                {"area_mm2": 0.2},
                {"latency_cycles": 2},
                {"served": frozenset({"D1"})},
                {"double_buffered": False},
                {"ports": (replace(port, bandwidth_min=8), sram.ports[1])},
                {"ports": (replace(port, bandwidth_max=128), sram.ports[1])},
                {"ports": (replace(port, allocation=port.allocation[:2]), sram.ports[1])},
            )
        ),
    ]
    assert len({accelerator_digest(variant) for variant in variants}) == len(variants)


def test_digest_does_not_tell_whole_floats_from_integers() -> None:
    base = load_accelerator(SMALL)
    same = base.replace(array=replace(base.array, bits_per_cycle=1, adc_bits=0))
    assert same == base
    assert accelerator_digest(same) == accelerator_digest(base)
