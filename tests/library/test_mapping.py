"""The functions Python users call."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import zigzag_imc
from tests.commands.networks import mapping_file, small_layer, small_model, write_model
from zigzag_imc.checking.verify import verify_result
from zigzag_imc.core.errors import AcceleratorError, OptionError, WorkloadError
from zigzag_imc.core.layer import Precision
from zigzag_imc.core.layer_building import conv_layer
from zigzag_imc.library.mapping import (
    MappingInterrupted,
    evaluate,
    map_layer,
    map_network,
    map_variants,
)
from zigzag_imc.library.searching import search_layer
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.onnx_workload import Network, load_network
from zigzag_imc.results.reading import read_result
from zigzag_imc.results.writing import write_result
from zigzag_imc.runs import local as parallel
from zigzag_imc.runs.job import Job, Outcome, not_run


def test_one_number_is_both_height_and_width() -> None:
    sizes: dict[str, Any] = {"out_channels": 4, "in_channels": 3, "precision": Precision(W=4)}
    one = conv_layer(
        "c", **sizes, output_size=8, filter_size=3, stride=2, dilation=2, input_size=17
    )
    assert one == conv_layer(
        "c",
        **sizes,
        output_size=(8, 8),
        filter_size=(3, 3),
        stride=(2, 2),
        dilation=(2, 2),
        input_size=(17, 17),
    )
    with pytest.raises(
        WorkloadError,
        match=r"filter_size: found \(3, 3, 3\), expected a whole number or \(height, wid",
    ):
        conv_layer("c", **sizes, output_size=8, filter_size=(3, 3, 3))  # type: ignore[arg-type]
    with pytest.raises(WorkloadError, match=r"stride: found '2', expected"):
        conv_layer("c", **sizes, output_size=8, filter_size=3, stride="2")  # type: ignore[arg-type]


def test_one_layer_may_be_named_alone() -> None:
    result = map_network(small_model(), "aimc", layers="classify", jobs=1)
    assert [layer.name for layer in result.layers] == ["classify"]
    with pytest.raises(OptionError, match="layer 'fc': not in network"):
        map_network(small_model(), "aimc", layers="fc")


def test_map_layer_returns_a_proven_mapping() -> None:
    layer, accelerator = small_layer(), load_accelerator("dimc")
    result = map_layer(layer, accelerator, objective="energy", pareto=True)
    assert result.status == "OPTIMAL"
    assert result.layer() == layer
    mapping = result.mapping()
    assert mapping is not None
    cost: Cost = CostModel(layer, accelerator).evaluate(mapping)
    assert result.energy_pj == result.objective_value == pytest.approx(cost.energy_pj, rel=1e-12)
    assert result.pareto is not None
    assert min(point.energy_pj for point in result.pareto) == pytest.approx(
        cost.energy_pj, rel=1e-9
    )


def test_models_and_accelerators_come_in_any_form(tmp_path: Path) -> None:
    path, model = write_model(tmp_path), small_model()
    energies = {
        map_network(source, accelerator, layers=["classify"], jobs=1).totals.energy_pj
        for source in (path, str(path), model, load_network(model))
        for accelerator in ("aimc", load_accelerator("aimc"))
    }
    assert len(energies) == 1


def test_a_network_of_ones_own_layers() -> None:
    layers = (
        small_layer(),
        small_layer().replace(name="twin"),
        small_layer().replace(name="narrow", precision=Precision(W=4)),
    )
    result = map_network(Network("mine", layers), "aimc", jobs=1, objective="latency")
    assert [layer.count for layer in result.layers] == [2, 1]
    assert result.network.path is None
    assert verify_result(result).holds


def test_what_is_no_layer_accelerator_network_or_result_is_told() -> None:
    layer: Any
    for layer in ("conv", 3, load_network(small_model())):
        for call in (map_layer, search_layer):
            with pytest.raises(
                OptionError,
                match=r"layer: found ('conv'|3|a Network), expected a Layer, as conv_layer",
            ):
                call(layer, "aimc")
    with pytest.raises(OptionError, match="layer: found 'conv', expected a Layer"):
        map_variants("conv", {"a": load_accelerator("aimc")})  # type: ignore[arg-type]
    with pytest.raises(
        OptionError, match="accelerator: found 3, expected a file, a preset or an Accelerator"
    ):
        map_layer(small_layer(), 3)  # type: ignore[arg-type]
    with pytest.raises(WorkloadError, match="model: found a Layer, expected an ONNX file"):
        map_network(small_layer(), "aimc")  # type: ignore[arg-type]
    with pytest.raises(
        OptionError, match="mapping_file: found a LayerResult, expected a NetworkResult or the path"
    ):
        evaluate(small_model(), "aimc", map_layer(small_layer(), "aimc"))  # type: ignore[arg-type]
    with pytest.raises(
        OptionError, match="result: found a int, expected a NetworkResult or the path of its file"
    ):
        verify_result(3)  # type: ignore[arg-type]


def test_the_mappings_of_a_result_are_scored_again() -> None:
    result = map_network(small_model(), "aimc", jobs=1)
    again = evaluate(small_model(), "aimc", result)
    assert [layer.edp for layer in again.layers] == [layer.edp for layer in result.layers]
    other = evaluate(small_model(), "aimc", result, cost_model="zigzag", layers=["classify"])
    assert (other.cost_model, other.layers[0].spatial) == ("zigzag", result.layers[1].spatial)


def test_a_layer_that_is_not_there_is_told_with_what_is_near_or_there() -> None:
    with pytest.raises(
        OptionError, match=r"layer 'clasify': not in network 'small' \(did you mean 'classify'\?\)"
    ):
        map_network(small_model(), "aimc", layers=["clasify"])
    with pytest.raises(
        OptionError, match=r"layer '-': not in network 'resnet18', which has conv1, .* and 17 more"
    ):
        map_network("resnet18", "aimc", layers=["-"])


def test_a_network_without_layers_has_an_empty_result() -> None:
    result = map_network(Network("empty", ()), "aimc")
    assert result.layers == ()
    totals = result.totals
    assert (totals.energy_pj, totals.latency_cycles, totals.edp, totals.objective_value) == (
        None,
    ) * 4
    assert verify_result(result).holds


def test_results_survive_their_file(tmp_path: Path) -> None:
    result = map_network(Network("mine", (small_layer(),)), "aimc", jobs=1, pareto=True)
    write_result(result, tmp_path / "result.json")
    assert read_result(tmp_path / "result.json") == result
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]
    assert verify_result(tmp_path / "result.json").holds


def test_evaluate_agrees_with_the_cost_model(tmp_path: Path) -> None:
    result = evaluate(
        write_model(tmp_path),
        "dimc",
        mapping_file(tmp_path),
        cost_model="zigzag",
        objective="latency",
    )
    assert result.cost_model == "zigzag"
    assert result.versions.ortools is None
    for layer in result.layers:
        assert layer.objective_value == layer.latency_cycles
        assert layer.gap is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"objective": "power"}, "objective: found 'power', expected one of energy, latency, edp"),
        ({"scope": "netwrok"}, "did you mean 'network'?"),
        ({"jobs": 0}, "jobs: found 0"),
        ({"time_limit": 0}, "time_limit: found 0"),
        ({"gap": -0.1}, "gap: found -0.1"),
        ({"cost_model": "imk"}, "did you mean 'imc'?"),
        ({"layers": ["nonsense"]}, "layer 'nonsense': not in network 'resnet8'"),
    ],
)
def test_wrong_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        map_network("resnet8", "aimc", **options)
    assert message in str(caught.value)


def test_wrong_files() -> None:
    with pytest.raises(WorkloadError):
        map_network("no/such/model.onnx", "aimc")
    with pytest.raises(AcceleratorError):
        map_network("resnet8", "no/such/accelerator.yaml")


def test_ctrl_c_raises_with_the_result_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(job: Job, should_stop: Callable[[], bool]) -> Outcome:
        os.kill(os.getpid(), signal.SIGINT)
        while not should_stop():
            time.sleep(0.01)
        return not_run(job, "stopped")

    monkeypatch.setattr(parallel, "run_job", wait)
    with pytest.raises(MappingInterrupted) as caught:
        map_network("resnet8", "aimc", jobs=1)
    assert isinstance(caught.value, KeyboardInterrupt)
    assert caught.value.result.stopped == "interrupted"
    assert caught.value.result.totals.status_counts == {"UNKNOWN": 10}


def test_scripts_need_no_main_guard(tmp_path: Path) -> None:
    """Workers must not run the caller's script again."""
    script = tmp_path / "script.py"
    script.write_text(
        "import zigzag_imc\n"
        "print('once')\n"
        f"result = zigzag_imc.map_network({str(write_model(tmp_path))!r}, 'aimc', jobs=2)\n"
        "print(result.totals.status)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stderr == ""
    assert done.stdout == "once\nOPTIMAL\n"


def test_public_names() -> None:
    for name in zigzag_imc.__all__:
        assert getattr(zigzag_imc, name) is not None
