"""What is searched beside a result has the mappings to choose from that the result had."""

from __future__ import annotations

import pytest

from zigzag_imc import Space, explain_layer, map_layer, map_network, matmul_layer
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.explain.buffer_sizes import buffer_curve
from zigzag_imc.explain.what_if import changes_of
from zigzag_imc.library.query import Query
from zigzag_imc.models.hardware.templates.template import Template
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.results.result import NetworkResult

PRIME = matmul_layer("prime", rows=29, out_channels=3, in_channels=3)
DIVISORS = Space("divisors", diagonals=True)
ANY = Space("any-outermost", diagonals=True)


def small() -> Accelerator:
    """An array whose memory holds some of the rows: how many decides the energy."""
    return Template(
        kind="dimc", rows=8, columns=8, sram_kb=0.0625, activations_in="dram"
    ).accelerator()


def mapped(space: Space) -> NetworkResult:
    return map_network(Network("one", (PRIME,)), small(), objective="energy", jobs=1, space=space)


@pytest.mark.parametrize("space", [DIVISORS, ANY], ids=lambda space: space.tile_sizes)
def test_what_ifs_choose_from_the_space_of_the_result(space: Space) -> None:
    told = explain_layer(mapped(space), PRIME.name, jobs=1)
    larger = {change.record.change: change.accelerator for change in changes_of(small())}
    found = {change.change: change.energy_pj for change in told.what_ifs}
    change = next(name for name in found if name.startswith("sram") and "+1 bit" in name)
    accelerator = larger[change]
    assert accelerator is not None
    values = {
        one: map_layer(PRIME, accelerator, objective="energy", space=one).energy_pj
        for one in (DIVISORS, ANY)
    }
    assert found[change] == pytest.approx(values[space])
    assert values[ANY] != pytest.approx(values[DIVISORS], rel=0.1)
    assert all(change.gain is None or change.gain > -0.01 for change in told.what_ifs)


def test_curves_over_sizes_do_so_too() -> None:
    """So the curve passes through the energy of the result at the size as it is."""
    result = mapped(ANY)
    curve = buffer_curve(result, PRIME.name, Query(jobs=1))
    assert curve is not None
    own = [one for one in curve.stretches if one.fits_bits <= curve.own_bits]
    assert own[-1].energy_pj == pytest.approx(result.layers[0].energy_pj)
