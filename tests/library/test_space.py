"""The mapspace that is asked for, from the query to the certificate and the second proof."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zigzag_imc import Space, load_accelerator, map_layer, map_network, prove_result, search_layer
from zigzag_imc.checking.verify import verify_result
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.library.query import Query
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.solver.engines.engine import Engine
from zigzag_imc.solver.engines.loma import Loma
from zigzag_imc.solver.engines.random_draws import RandomDraws
from zigzag_imc.solver.engines.salsa import Salsa

DEPTHWISE = conv_layer(
    "depthwise", groups=8, out_channels=1, in_channels=1, output_size=6, filter_size=3
)
NO_DIAGONALS = Space(diagonals=False)


def _is_diagonal(found: LayerResult) -> bool:
    assert found.spatial is not None
    columns, rows = (set(found.spatial.get(name, {})) for name in ("D1", "D2"))
    return bool(columns & rows) or bool(columns & {"OX", "OY"})


@pytest.mark.parametrize("cost_model", ["imc", "zigzag-imc"])
def test_what_a_cost_model_knows_is_searched_by_default_and_said(cost_model: str) -> None:
    """Diagonals, and tiles that need not divide."""
    found = map_layer(DEPTHWISE, "dimc", objective="energy", cost_model=cost_model)
    plain = map_layer(
        DEPTHWISE, "dimc", objective="energy", cost_model=cost_model, space=NO_DIAGONALS
    )
    assert _is_diagonal(found)
    assert not _is_diagonal(plain)
    assert found.energy_pj is not None
    assert plain.energy_pj is not None
    assert found.energy_pj < plain.energy_pj
    assert (found.space(), plain.space()) == (Space("any-outermost", diagonals=True), NO_DIAGONALS)
    assert found.certificate is not None
    assert plain.certificate is not None
    assert (found.certificate.mapspace_size or 0) > (plain.certificate.mapspace_size or 0)


def test_lines_of_several_inputs_need_none() -> None:
    assert Query(cost_model="zigzag").mapspace == NO_DIAGONALS


def test_the_joint_model_alone_has_tiles_that_divide_by_default() -> None:
    assert Query(method="cp-sat").mapspace == Space("divisors", diagonals=True)


@pytest.mark.parametrize(
    ("query", "tile_sizes"),
    [
        (Query(pareto=True), "divisors"),
        (Query(scope="network"), "divisors"),
        (Query(locality="best"), "divisors"),
        (Query(scope="network", objective="energy"), "any-outermost"),
        (Query(locality="best", objective="latency"), "any-outermost"),
    ],
)
def test_fronts_are_of_tiles_that_divide_unless_all_are_asked_for(
    query: Query, tile_sizes: str
) -> None:
    """Each of their points is a proof of its own."""
    assert query.mapspace.tile_sizes == tile_sizes
    every = Space("any-outermost", diagonals=True)
    assert replace(query, space=every).mapspace == every


@pytest.mark.parametrize("engine", [Loma(), Salsa(iterations=100), RandomDraws(samples=300)])
def test_engines_draw_diagonals(engine: Engine) -> None:
    """Those of highest utilization are diagonals, and some of all."""
    best = map_layer(DEPTHWISE, "dimc", objective="latency")
    found = search_layer(DEPTHWISE, "dimc", engine, objective="latency", seed=1)
    plain = search_layer(DEPTHWISE, "dimc", engine, objective="latency", seed=1, space=NO_DIAGONALS)
    assert _is_diagonal(found)
    assert not _is_diagonal(plain)
    assert best.latency_cycles is not None
    assert found.latency_cycles is not None
    assert best.latency_cycles <= found.latency_cycles


def test_a_diagonal_optimum_is_verified_and_proved_again() -> None:
    network = Network("one", (DEPTHWISE,))
    result = map_network(network, load_accelerator("dimc"), objective="energy", jobs=1)
    assert _is_diagonal(result.layers[0])
    assert verify_result(result).problems == ()
    (proof,) = prove_result(result, jobs=1).proofs
    assert proof.outcome == "proved"


def _claiming(result: NetworkResult, **changes: object) -> NetworkResult:
    """Let the certificate of the only layer say something else."""
    (record,) = result.layers
    assert record.certificate is not None
    certificate = record.certificate.model_copy(update=changes)
    claimed = record.model_copy(update={"certificate": certificate})
    return result.model_copy(update={"layers": (claimed,)})


def test_a_bound_without_diagonals_is_refuted_with_them() -> None:
    """A result that says it looked at diagonals and did not."""
    network = Network("one", (DEPTHWISE,))
    found = map_network(network, "dimc", objective="energy", jobs=1).layers[0].certificate
    plain = map_network(network, "dimc", objective="energy", jobs=1, space=NO_DIAGONALS)
    assert found is not None
    claimed = _claiming(plain, space=found.space)
    assert any("spatial_mappings" in said for said in verify_result(claimed).problems)
    counted = _claiming(
        plain,
        space=found.space,
        spatial_mappings=found.spatial_mappings,
        mapspace_size=found.mapspace_size,
        last_word=found.last_word,
    )
    assert verify_result(counted).problems == ()
    (proof,) = prove_result(counted, jobs=1).proofs
    assert proof.outcome == "refuted"


@pytest.mark.parametrize("wrong", [True, "divisors", {"diagonals": True}])
def test_what_is_no_space_is_refused(wrong: object) -> None:
    with pytest.raises(OptionError, match=r"space: found .*, expected a Space"):
        Query(space=wrong)  # type: ignore[arg-type]


def test_what_no_space_has_is_refused() -> None:
    with pytest.raises(OptionError, match="tile_sizes: found 'all', expected one of"):
        Space(tile_sizes="all")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="diagonals: found 'yes'"):
        Space(diagonals="yes")  # type: ignore[arg-type]
