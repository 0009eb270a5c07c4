"""Networks of which only a part can be mapped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.onnx_workload import Network, load_network

Load = Callable[..., Network]

LOST = """g (float[1,4,10,10] x) => (y) <float[8,4,3,3] w, float[4,16] v> {
    [backbone] c = Conv(x, w)
    n = NonZero(c) f = Cast<to=1>(n) rows = Transpose<perm=[1,0]>(f)
    [head] y = MatMul(rows, v) }"""


def test_a_size_lost_inside_leaves_out_its_layer_alone(load: Load) -> None:
    network = load(LOST)
    assert [layer.name for layer in network.layers] == ["backbone"]
    (head,) = network.unsupported
    assert head.node_names == ("head",)
    assert head.reason.startswith("size unknown: dimension 0 of its input 'rows' is")
    assert head.macs is None
    assert network.notices == (
        "the layers of the network hold an unknown share of its multiply-accumulates",
    )


def test_nothing_left_is_refused(load: Load) -> None:
    with pytest.raises(WorkloadError, match="dimension 0 of its input 'rows'"):
        load(LOST.replace("Conv(x, w)", "Relu(x)"))


def test_share_that_is_covered(load: Load) -> None:
    """3 of 4 products are in a layer, the others in a contraction that is none."""
    network = load("""g (float[3,1] x, float[1,1] z) => (y) <float[1,1] w> {
        a = MatMul(x, w) y = Einsum<equation="ii,ij->ij">(z, w) }""")
    assert (network.coverage.mapped_macs, network.coverage.share) == (3, 1.0)


def test_no_layer_at_all(load: Load) -> None:
    network = load("""g (float[2,2] x, float[2,2] z) => (y)
        { [mix] y = Einsum<equation="ij,jk,kl->il">(x, z, z) }""")
    with pytest.raises(WorkloadError, match="no operator can be mapped: 'mix'"):
        network.require_layers()


# ------------------------------------------------------------------ values in other files
def save_with_values_apart(folder: Path) -> Path:
    """A reshape to rows of 96, whose sizes lie in another file, then a product."""
    stored = [
        numpy_helper.from_array(np.array([-1, 49, 96], np.int64), "sizes"),
        numpy_helper.from_array(np.ones((96, 32), np.float32), "w"),
    ]
    nodes = [
        helper.make_node("Reshape", ["x", "sizes"], ["r"]),
        helper.make_node("MatMul", ["r", "w"], ["y"], name="proj"),
    ]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 56, 56, 96])]
    graph = helper.make_graph(
        nodes, "tiny", inputs, [helper.make_value_info("y", onnx.TypeProto())], stored
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = folder / "net.onnx"
    onnx.save(model, path, save_as_external_data=True, location="values.bin", size_threshold=0)
    return path


def test_shapes_in_another_file(tmp_path: Path) -> None:
    assert load_network(save_with_values_apart(tmp_path)).total_macs == 64 * 49 * 96 * 32


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = save_with_values_apart(tmp_path)
    (tmp_path / "values.bin").unlink()
    with pytest.raises(WorkloadError, match=r"'values.bin' beside the model, which is missing"):
        load_network(path)


@pytest.mark.parametrize("location", ["../values.bin", "link/values.bin", "{absolute}"])
def test_files_elsewhere_are_not_read(tmp_path: Path, location: str) -> None:
    inside = tmp_path / "model"
    inside.mkdir()
    path = save_with_values_apart(inside)
    (inside / "values.bin").rename(tmp_path / "values.bin")
    (inside / "link").symlink_to(tmp_path)
    model = onnx.load(path, load_external_data=False)
    for tensor in model.graph.initializer:
        place = next(entry for entry in tensor.external_data if entry.key == "location")
        place.value = location.format(absolute=tmp_path / "values.bin")
    path.write_bytes(model.SerializeToString())
    with pytest.raises(WorkloadError, match="which is missing"):
        load_network(path)
