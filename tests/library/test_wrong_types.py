"""Every parameter of every public name takes what it can mean, and refuses the rest in one line."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest

import zigzag_imc
from zigzag_imc.core.errors import ZigzagImcError
from zigzag_imc.library.mapping import map_network
from zigzag_imc.onnx_workload import Network
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.solver.engines.random_draws import RandomDraws
from zigzag_imc.sweep.study.reading import study_of


class Strange:
    """An object that nothing knows."""


VALUES: dict[str, Any] = {
    "None": None,
    "negative": -1,
    "zero": 0,
    "fraction": 3.5,
    "huge": 10**30,
    "nan": float("nan"),
    "inf": float("inf"),
    "yes": True,
    "number as text": "3",
    "text": "W=4",
    "empty text": "",
    "bytes": b"x",
    "numpy integer": np.int64(2),
    "numpy fraction": np.float32(0.5),
    "numpy flag": np.bool_(True),
    "numpy array": np.array([1, 2]),
    "list": [1, 2],
    "list of texts": ["a", "b"],
    "mixed list": [None, 2.5],
    "nothing in it": [],
    "dict": {"W": 4},
    "dict of texts": {"W": "4"},
    "dict of dicts": {3: {"W": None}},
    "set": {1},
    "type": int,
    "function": len,
    "object": Strange(),
    "path": Path("nowhere"),
}
"""What people hand over by mistake, and what numpy makes of numbers."""

LAYER: dict[str, Any] = {
    "name": "mine",
    "operator": "Conv",
    "loop_dims": (("K", 4), ("C", 2)),
    "weight_dims": frozenset("KC"),
    "input_dims": frozenset("C"),
    "output_dims": frozenset("K"),
    "windows": (),
    "precision": zigzag_imc.Precision(),
}
CONV: dict[str, Any] = {
    "name": "mine",
    "out_channels": 4,
    "in_channels": 2,
    "output_size": 3,
    "filter_size": 1,
}
MATMUL: dict[str, Any] = {"name": "mine", "rows": 2, "out_channels": 4, "in_channels": 2}


@cache
def result() -> NetworkResult:
    return map_network(network(), "dimc", jobs=1, pareto=True)


@cache
def network() -> Network:
    return Network("mine", (tiny_layer(),))


def tiny_layer() -> zigzag_imc.Layer:
    """Return a layer for which a whole comparison of searches takes no time."""
    return zigzag_imc.matmul_layer("small", rows=2, out_channels=3, in_channels=2)


def calls(folder: Path) -> dict[str, dict[str, Any]]:
    """Return arguments with which each public function works, and soon."""
    one, accelerator = tiny_layer(), zigzag_imc.load_accelerator("dimc")
    mapping = result().layers[0].mapping()
    assert mapping is not None
    small: dict[str, Any] = {"model": network(), "accelerator": accelerator}
    single: dict[str, Any] = {"layer": one, "accelerator": accelerator}
    engine = {"engine": RandomDraws(samples=5)}
    return {
        "Accelerator": {name: getattr(accelerator, name) for name in ("name", "array", "memories")},
        "CostModel": single,
        "Layer": LAYER,
        "LayerMapping": {"spatial": mapping.spatial, "temporal": mapping.temporal},
        "Precision": {},
        "Space": {},
        "SpatialMapping": {"unrollings": mapping.spatial.unrollings},
        "Template": {"kind": "dimc"},
        "TemporalMapping": {"loops": mapping.temporal.loops, "cuts": mapping.temporal.cuts},
        "conv_layer": CONV,
        "crosscheck_network": small | {"engines": ("random",), "zigzag": False, "jobs": 1},
        "evaluate": small | {"mapping_file": result()},
        "explain_layer": {"result": result(), "layer": "small", "what_if": False},
        "load_accelerator": {"name_or_path": "dimc"},
        "load_network": {"source": "ds_cnn"},
        "load_result": {"path": "nowhere.json"},
        "loopnest_text": {"result": result()},
        "map_layer": single,
        "map_network": small | {"jobs": 1},
        "map_variants": {"layer": one, "accelerators": {"a": accelerator}, "jobs": 1},
        "matmul_layer": MATMUL,
        "prove_result": {"result": result(), "jobs": 1},
        "compare_results": {"first": result(), "second": result()},
        "sweep_study": {"study": study_of(STUDY), "out": str(folder / "out"), "jobs": 1},
        "explore_study": {
            "study": study_of(STUDY),
            "objective": "edp",
            "cache": str(folder / "points.sqlite"),
            "jobs": 1,
        },
        "sweep_table": {"folder": table_in(folder), "table": "networks"},
        "plot_energy": {"result": result()},
        "plot_latency": {"result": result()},
        "plot_pareto": {"result": result()},
        "plot_result": {"result": result()},
        "replay": {"result": result(), "layer": "small"},
        "save_result": {"result": result(), "path": str(folder / "out.json")},
        "search_layer": single | engine,
        "search_network": small | engine | {"jobs": 1},
        "verify_result": {"result": result()},
        "write_zigzag_folder": {"result": result(), "folder": str(folder / "out")},
        "zigzag_objects": single | {"mapping": mapping},
    }


STUDY = {"networks": "none.onnx", "accelerators": "aimc"}
"""A study whose network is not there: what else is handed over is looked at before."""


def table_in(folder: Path) -> str:
    """Return a folder with a table of a sweep."""
    polars.DataFrame({"network": ["small"]}).write_parquet(folder / "networks.parquet")
    return str(folder)


NOT_CALLED = {
    "PROFILES",
    "LayerResult",
    "NetworkResult",
    "ZigzagImcError",
    "__version__",
}
"""Public names that are no functions, or records that come from files and runs alone."""


def parameters() -> list[tuple[str, str]]:
    """Return every parameter of every public function and class."""
    return [
        (name, parameter)
        for name in zigzag_imc.__all__
        if name not in NOT_CALLED
        for parameter in inspect.signature(getattr(zigzag_imc, name)).parameters
    ]


def accepted_or_refused(call: Callable[..., object], arguments: dict[str, Any]) -> str | None:
    """Return the message of a refusal, ``None`` where the call works.

    Any other exception than the project's own is a fault and comes through.
    """
    try:
        call(**arguments)
    except ZigzagImcError as refused:
        return str(refused)
    return None


@pytest.mark.parametrize(("name", "parameter"), parameters())
def test_wrong_values_are_refused_in_one_line(
    name: str, parameter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where a text could name a file
    arguments = calls(tmp_path)[name]
    faults = []
    for title, value in VALUES.items():
        if parameter in ("progress", "announce") and callable(value):
            continue  # it is called, and what it raises is its own
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                said = accepted_or_refused(
                    getattr(zigzag_imc, name), arguments | {parameter: value}
                )
            except Exception as error:
                faults.append(f"{title}: {type(error).__name__}: {error}"[:200])
                continue
        if said is not None and (
            "\n" in said or not said or "validation error" in said or "<" in said.split(",")[0]
        ):
            faults.append(f"{title}: says {said!r}")
    assert not faults, "\n".join(faults)


METHODS: dict[str, tuple[Callable[..., object], dict[str, Any]]] = {
    "SpatialMapping.of": (
        zigzag_imc.SpatialMapping.of,
        {"unrollings": {"D1": {"K": 4}}},
    ),
    "TemporalMapping.from_levels": (
        zigzag_imc.TemporalMapping.from_levels,
        {"levels": {"W": [[["K", 2]]], "I": [[["K", 2]]], "O": [[["K", 2]]]}},
    ),
    "NetworkResult.record_of": (lambda name: result().record_of(name), {"name": "small"}),
    "CostModel.evaluate": (
        lambda mapping: zigzag_imc.CostModel(
            tiny_layer(), zigzag_imc.load_accelerator("dimc")
        ).evaluate(mapping),
        {"mapping": zigzag_imc.LayerMapping},
    ),
}
"""Ways to build or use what the functions take, with an argument each."""


@pytest.mark.parametrize("method", METHODS)
def test_methods_refuse_wrong_values_in_one_line(method: str) -> None:
    call, arguments = METHODS[method]
    (parameter,) = arguments
    said = [accepted_or_refused(call, {parameter: value}) for value in VALUES.values()]
    assert all(one and "\n" not in one for one in said if one is not None)
    assert sum(one is None for one in said) <= 1  # nothing unrolled is a mapping, too


def test_numbers_of_numpy_are_numbers() -> None:
    sizes: dict[str, Any] = {
        name: np.int32(value) for name, value in CONV.items() if name != "name"
    }
    layer = zigzag_imc.conv_layer("mine", **sizes | {"precision": {"W": np.int8(4)}})
    assert layer == zigzag_imc.conv_layer(**CONV, precision=zigzag_imc.Precision(W=4))
    assert {type(size) for _, size in layer.loop_dims} == {int}
    assert type(layer.precision.W) is int
    found = zigzag_imc.map_network(
        network(),
        "dimc",
        jobs=np.int64(1),  # type: ignore[arg-type]
        time_limit=np.float32(20),  # type: ignore[arg-type]
        seed=np.int64(3),  # type: ignore[arg-type]
    )
    assert (found.seed, found.limits.time_limit_s) == (3, 20.0)


@pytest.mark.parametrize(
    "precision", ["W=4", {"W": 4}, zigzag_imc.Precision(W=4), ["W=4"], ["W=8", "W=4"]]
)
def test_precision_comes_in_any_form(precision: Any) -> None:
    layers = zigzag_imc.load_network("ds_cnn", precision=precision).layers
    assert {layer.precision for layer in layers} == {zigzag_imc.Precision(W=4)}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"out_channels": 3.5}, "layer 'mine': out_channels: found 3.5, expected a whole number"),
        ({"out_channels": "4"}, "layer 'mine': out_channels: found '4', expected a whole number"),
        ({"in_channels": None}, "layer 'mine': in_channels: found None, expected a whole number"),
        ({"in_channels": -2}, "in_channels: found -2, expected a whole number, at least 1"),
        ({"batch": True}, "layer 'mine': batch: found True, expected a whole number"),
        ({"output_size": (3, 0)}, "output_size: found (3, 0), expected a whole number or (height"),
        ({"precision": {"W": "4"}}, "precision: W: found '4', expected a whole number of bits"),
        ({"precision": {"w": 4}}, "precision: found 'w', expected W, I, O, O_final"),
        ({"precision": None}, "precision: found None, expected a Precision, a dict such as"),
        ({"name": 3}, "layer: name: found 3, expected a text"),
    ],
)
def test_what_is_wrong_with_a_layer_is_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ZigzagImcError) as error:
        zigzag_imc.conv_layer(**CONV | arguments)
    assert message in str(error.value)
