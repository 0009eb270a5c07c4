"""A real run of ZigZag: its dumps read back, our files read by it."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.accelerators import VARIANTS, variant
from tests.small_results import read_back, scored
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.exchange.zigzag_folder import ACCELERATOR, MAPPING, WORKLOAD, write_zigzag_folder
from zigzag_imc.exchange.zigzag_yaml import default_entry, workload_entry
from zigzag_imc.library.mapping import evaluate, map_layer
from zigzag_imc.models.hardware.files import accelerator_from_dict, dump_accelerator
from zigzag_imc.models.profile import ZIGZAG
from zigzag_imc.onnx_workload.network import Network

CONV = conv_layer(
    "block/conv",
    out_channels=8,
    in_channels=8,
    output_size=(6, 6),
    filter_size=(3, 3),
    input_size=(6, 6),
)
PRODUCT = matmul_layer("product", rows=4, out_channels=12, in_channels=6)
LAYERS_RUN = (CONV, PRODUCT)


def _run(inputs: Sequence[Path], out: Path, **options: Any) -> None:
    """Let ZigZag map a workload onto an accelerator along a mapping file."""
    from matplotlib import rc_context

    with rc_context():  # this import sets the fonts of all figures, other tests' too
        from zigzag.api import get_hardware_performance_zigzag

    logging.disable(logging.CRITICAL)
    get_hardware_performance_zigzag(
        *map(str, inputs),
        opt="EDP",
        dump_folder=str(out),
        lpf_limit=4,
        nb_spatial_mappings_generated=1,
        loma_show_progress_bar=False,
        **options,
    )


def _dumped(folder: Path, layer: Layer) -> dict[str, Any]:
    """What ZigZag says about a layer."""
    name = layer.name.replace("/", "_")
    contents: dict[str, Any] = json.loads(
        (folder / f"{name}_complete.json").read_text(encoding="utf-8")
    )
    return contents


def _totals(contents: dict[str, Any]) -> tuple[float, float]:
    """Energy in pJ and latency in cycles of a dump."""
    latency = contents["outputs"]["latency"]
    cycles = latency["data_onloading"] + latency["computation"] + latency["data_offloading"]
    return contents["outputs"]["energy"]["energy_total"], cycles


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the output folders of two runs.

    With all memories, and without those a layer can do without.
    """
    folder = tmp_path_factory.mktemp("zigzag")
    workload = [workload_entry(layer, number) for number, layer in enumerate(LAYERS_RUN)]
    workload[1]["operand_source"]["I"] = (
        0  # one after the other: then ZigZag may keep on chip what is between them
    )
    (folder / "workload.yaml").write_text(yaml.safe_dump(workload), encoding="utf-8")
    (folder / "accelerator.yaml").write_text(dump_accelerator(variant("aimc")), encoding="utf-8")
    (folder / "mapping.yaml").write_text(yaml.safe_dump([default_entry()]), encoding="utf-8")
    inputs = [folder / f"{name}.yaml" for name in ("workload", "accelerator", "mapping")]
    _run(inputs, folder / "all")
    _run(inputs, folder / "fewer", in_memory_compute=True)
    return {"all": folder / "all", "fewer": folder / "fewer"}


def test_dumps_of_a_run_cost_what_zigzag_says(runs: dict[str, Path]) -> None:
    result = evaluate(Network("net", LAYERS_RUN), variant("aimc"), runs["all"], cost_model="zigzag")
    for record, layer in zip(result.layers, LAYERS_RUN, strict=True):
        energy, latency = _totals(_dumped(runs["all"], layer))
        assert record.energy_pj == pytest.approx(energy, rel=1e-9)
        assert record.latency_cycles == pytest.approx(latency, rel=1e-9)
        assert record.reason is None


def _without_dram_for(*operands: str) -> Accelerator:
    """Return the accelerator as ZigZag leaves it when inputs and outputs stay on chip."""
    data = copy.deepcopy(VARIANTS["aimc"])
    dram = data["memories"]["dram"]
    dram["operands"] = [operand for operand in dram["operands"] if operand not in operands]
    for port in dram["ports"]:
        port["allocation"] = [
            pair for pair in port["allocation"] if pair.split(",")[0] not in operands
        ]
    return accelerator_from_dict(data, "reduced")


def test_memories_that_zigzag_takes_away_are_named_and_cost_nothing_elsewhere(
    runs: dict[str, Path],
) -> None:
    network = Network("net", LAYERS_RUN)
    whole = evaluate(network, variant("aimc"), runs["fewer"], cost_model="zigzag")
    reduced = evaluate(network, _without_dram_for("I1", "O"), runs["fewer"], cost_model="zigzag")
    for record, own, layer in zip(whole.layers, reduced.layers, LAYERS_RUN, strict=True):
        energy, latency = _totals(_dumped(runs["fewer"], layer))
        assert own.energy_pj == pytest.approx(energy, rel=1e-9)
        assert own.latency_cycles == pytest.approx(latency, rel=1e-9)
        assert own.reason is None
        assert record.reason is not None
        assert "did without dram for I, O" in record.reason
        assert record.energy_pj is not None
        assert record.energy_pj > energy


def test_zigzag_runs_what_is_exported(tmp_path: Path) -> None:
    """Under the profile ``zigzag``, ZigZag's own run of our files finds our costs.

    Its memories are filled greedily.
    """
    accelerator = variant("aimc")
    mapped = []
    for layer in LAYERS_RUN:
        mapping = map_layer(layer, accelerator, objective="energy", cost_model="zigzag").mapping()
        assert mapping is not None
        mapped.append((layer, mapping))
    result = scored(mapped, accelerator, ZIGZAG)
    write_zigzag_folder(result, tmp_path)
    _run([tmp_path / name for name in (WORKLOAD, ACCELERATOR, MAPPING)], tmp_path / "run")
    for record, layer in zip(result.layers, LAYERS_RUN, strict=True):
        theirs, ours = _dumped(tmp_path / "run", layer), _dumped(tmp_path, layer)
        assert (
            theirs["inputs"]["layer"]["user_spatial_mapping"]
            == ours["inputs"]["layer"]["user_spatial_mapping"]
        )
        assert _totals(theirs)[0] == pytest.approx(record.energy_pj, rel=1e-9)
        assert _orders(theirs) == _orders(ours)
        assert _keys(ours) <= _keys(theirs) | {"outputs.zigzag_imc"}


def _orders(contents: dict[str, Any]) -> dict[str, list[str]]:
    return {
        operand: [loop for level in levels for loop in level]
        for operand, levels in contents["inputs"]["temporal_mapping"].items()
    }


def _keys(contents: dict[str, Any]) -> set[str]:
    return {f"{part}.{key}" for part, values in contents.items() for key in values}


def test_complete_json_of_ours_is_read_by_name(tmp_path: Path, runs: dict[str, Path]) -> None:
    """One file, one layer.

    The others of the network need not be there when they are not asked for.
    """
    path = runs["all"] / "product_complete.json"
    network = Network("net", LAYERS_RUN)
    result = evaluate(network, variant("aimc"), path, cost_model="zigzag", layers=["product"])
    assert [record.name for record in result.layers] == ["product"]
    assert (
        read_back(path, result, [PRODUCT], variant("aimc")).layers[0].energy_pj
        == result.layers[0].energy_pj
    )


OWN_NAMES = {"D": "D0", "K": "D1", "C": "D2"}


@pytest.fixture(scope="module")
def own_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a workload whose loops have names of their own, and of its run."""
    folder = tmp_path_factory.mktemp("own")
    entry = workload_entry(PRODUCT, 0) | {
        "equation": "O[d0][d1]+=I[d0][d2]*W[d2][d1]",
        "loop_dims": list(OWN_NAMES.values()),
        "loop_sizes": [PRODUCT.sizes[dim] for dim in OWN_NAMES],
    }
    (folder / "workload.yaml").write_text(yaml.safe_dump([entry]), encoding="utf-8")
    (folder / "accelerator.yaml").write_text(dump_accelerator(variant("aimc")), encoding="utf-8")
    mapping = default_entry() | {"spatial_mapping_hint": {"D1": ["D1"], "D2": ["D2"]}}
    (folder / "mapping.yaml").write_text(yaml.safe_dump([mapping]), encoding="utf-8")
    inputs = [folder / f"{name}.yaml" for name in ("workload", "accelerator", "mapping")]
    _run(inputs, folder / "out")
    return folder


@pytest.mark.parametrize("names", ["own", "field"])
def test_a_run_with_loops_of_its_own_names(own_run: Path, names: str) -> None:
    """Scored for its own workload file, or for the layer as ONNX has it, it costs the same."""
    model = own_run / "workload.yaml" if names == "own" else Network("net", (PRODUCT,))
    (record,) = evaluate(model, variant("aimc"), own_run / "out", cost_model="zigzag").layers
    energy, latency = _totals(_dumped(own_run / "out", PRODUCT))
    assert record.energy_pj == pytest.approx(energy, rel=1e-9)
    assert record.latency_cycles == pytest.approx(latency, rel=1e-9)
    dims = set(OWN_NAMES.values()) if names == "own" else set(OWN_NAMES)
    assert record.spatial is not None
    assert {dim for unrolled in record.spatial.values() for dim in unrolled} <= dims
