"""Files that are not what they should be."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from zigzag_imc.core.errors import WorkloadError
from zigzag_imc.onnx_workload import load_network, network_path


def message(path: Path | str) -> str:
    """Load what must fail; the message is one line and names the file."""
    with pytest.raises(WorkloadError) as caught:
        load_network(path)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(f"{path}: ")
    return text


def test_missing_file_suggests_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "resnet34.onnx").touch()
    (tmp_path / "other.txt").touch()
    text = message(tmp_path / "resnet43.onnx")
    assert "file not found" in text
    assert "did you mean 'resnet34.onnx'?" in text


def test_only_files_that_may_hold_networks_are_meant(tmp_path: Path) -> None:
    (tmp_path / "w_filter.png").touch()
    assert "did you mean" not in message(tmp_path / "filter.onnx")
    (tmp_path / "filters.yaml").touch()  # a workload file
    assert "did you mean 'filters.yaml'?" in message(tmp_path / "filter.onnx")


def test_missing_folder(tmp_path: Path) -> None:
    assert "there is no folder" in message(tmp_path / "absent" / "net.onnx")


def test_misspelled_shipped_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "did you mean 'resnet18'?" in message("resnet_18")
    (tmp_path / "resnet_18.txt").touch()
    assert "did you mean 'resnet18'?" in message("resnet_18")  # a bare name is that of a network
    assert "`zigzag-imc networks` lists" in message("-")


def test_folder(tmp_path: Path) -> None:
    assert "found a folder, expected an ONNX file" in message(tmp_path)
    (tmp_path / "net.onnx").touch()
    assert "such as 'net.onnx'" in message(tmp_path)


def test_a_shipped_name_wins_over_a_folder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "resnet8").mkdir()
    assert load_network("resnet8").name == "resnet8"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"hello, world\n" * 40, "a text file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a Git LFS pointer"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 file"),
        (b"\x1f\x8b\x08" + bytes(100), "a gzip archive"),
        (bytes(range(255, 0, -1)) * 9, "another binary format"),
        (b"\x08\x08", "a truncated ONNX file"),
    ],
)
def test_other_files(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    assert f"found {found}" in message(path).replace("a truncated ONNX file or ", "")


def test_archive(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.pkl", "x")
    assert "found a zip archive, as PyTorch writes" in message(path)


def test_neither_file_nor_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.onnx")
    assert "not a regular file" in message(tmp_path / "pipe.onnx")


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "net.onnx"
    path.touch()
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "cannot be read (Permission denied)" in message(path)


@pytest.mark.parametrize("name", [b"resnet8", b"stack1.conv1"])
def test_names_that_are_not_text(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(network_path("resnet8").read_bytes().replace(name, b"\xff" * len(name)))
    assert "damaged ONNX file" in message(path)


@pytest.mark.parametrize("name", ["inner", "given", "symbol", "called", "argument"])
def test_names_inside_bodies_and_functions_that_are_not_text(tmp_path: Path, name: str) -> None:
    def tensor(own: str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(own, TensorProto.FLOAT, ["symbol"])

    body = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["out"])], "body", [], [tensor("inner")]
    )
    function = helper.make_function(
        "own", "called", ["argument"], ["b"], [helper.make_node("Relu", ["argument"], ["b"])], []
    )
    nodes = [helper.make_node("If", ["given"], ["y"], then_branch=body, else_branch=body)]
    graph = helper.make_graph(nodes, "g", [tensor("x"), tensor("given")], [tensor("y")])
    content = helper.make_model(graph, functions=[function]).SerializeToString()
    path = tmp_path / "net.onnx"
    path.write_bytes(content.replace(name.encode(), b"\xf2" * len(name)))
    assert "damaged ONNX file" in message(path)


def test_no_operators(tmp_path: Path) -> None:
    model = onnx.parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 17]> g (float[1] x) => (float[1] x) {}'
    )
    onnx.save(model, tmp_path / "net.onnx")
    assert "without any operators" in message(tmp_path / "net.onnx")
    with pytest.raises(WorkloadError, match="model 'g': found no operators"):
        load_network(model)


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    content = network_path("deep_autoencoder").read_bytes()
    path = tmp_path / "net.onnx"
    refusals = 0
    for length in range(1, len(content) - 1, 13):
        path.write_bytes(content[:length])
        assert message(path)
        refusals += 1
    assert refusals > 100


def test_damage_never_escapes_as_another_error(tmp_path: Path) -> None:
    """One byte changed: the network is read all the same, or refused with one line."""
    content = bytearray(network_path("ds_cnn").read_bytes())
    path = tmp_path / "net.onnx"
    read, refusals = 0, list[str]()
    for position in range(0, len(content), 7):
        damaged = content.copy()
        damaged[position] ^= 0x15 if position % 2 else 0xC2
        path.write_bytes(damaged)
        try:
            load_network(path)
        except WorkloadError as error:
            refusals.append(str(error))
        else:
            read += 1
    assert not [text for text in refusals if "\n" in text]
    assert read > 5
    assert len(refusals) > 100


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("net.tflite", b"\x1c\0\0\0TFL3\x14\0\xff\xfe", "TensorFlow Lite"),
        ("net.onnx", b"\x1c\0\0\0TFL3\x14\0\xff\xfe", "TensorFlow Lite"),
        ("net.pt", b"\xff\xfe\xfd\xfc", "PyTorch"),
        ("net.pth", b"\x80\x02\x8a\x0a", "PyTorch"),
    ],
)
def test_files_of_other_tools(tmp_path: Path, name: str, content: bytes, found: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(WorkloadError, match=found):
        load_network(path)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    with path.open("wb") as file:
        file.truncate(30 * 2**30)  # takes no room
    with pytest.raises(WorkloadError, match=r"found a file of 32\.2 GB, expected an ONNX file"):
        load_network(path)
