"""Results as frames, files by suffix, and what prompts and notebooks show."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from functools import cache
from pathlib import Path

import polars
import pytest

import zigzag_imc
from tests.commands.networks import small_model
from zigzag_imc.core.errors import OptionError, ResultError
from zigzag_imc.results.frames import TERMS
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.results.saving import FORMS, form_of, save_result
from zigzag_imc.results.tables import csv_text, markdown_text, rows_of


@cache
def result() -> NetworkResult:
    return zigzag_imc.map_network(small_model(), "aimc", jobs=1)


def test_a_frame_has_a_row_for_each_layer() -> None:
    frame = result().to_frame()
    assert frame["layer"].to_list() == ["first", "classify"]
    assert frame["count"].to_list() == [2, 1]
    assert frame["energy_pj"].to_list() == [layer.energy_pj for layer in result().layers]
    assert frame["loops"].to_list()[0] == "K8 C8 OY6 OX6 FY3 FX3"
    assert result()["classify"].to_frame().rows() == frame.rows()[1:]


def test_terms_add_up_to_the_costs() -> None:
    frame = result().to_frame("terms")
    assert list(frame.columns) == list(TERMS)
    for layer in result().layers:
        for quantity, unit in (("energy", "pJ"), ("latency", "cycles")):
            own = [
                row
                for row in frame.rows(named=True)
                if (row["layer"], row["quantity"]) == (layer.name, quantity)
            ]
            whole = layer.energy_pj if quantity == "energy" else layer.latency_cycles
            assert sum(row["value"] for row in own) == pytest.approx(whole)
            assert {(row["unit"], row["count"]) for row in own} == {(unit, layer.count)}
    memories = {row["component"] for row in frame.rows(named=True) if row["part"] == "memory"}
    assert memories <= set(result().accelerator.description["memories"])


def test_fronts_are_rows_too(result_with_fronts: NetworkResult) -> None:
    frame = result_with_fronts.to_frame("fronts")
    points = [(layer.name, p) for layer in result_with_fronts.layers for p in layer.pareto or ()]
    assert len(points) > 0
    expected = [(name, point.latency_cycles, point.energy_pj) for name, point in points]
    assert frame.select("layer", "latency_cycles", "energy_pj").rows() == expected
    assert result().to_frame("fronts").height == 0
    assert result().to_frame("fronts").schema == frame.schema


@pytest.fixture(scope="module")
def result_with_fronts() -> NetworkResult:
    return zigzag_imc.map_network(small_model(), "aimc", jobs=1, pareto=True)


def test_frames_of_something_else_are_refused() -> None:
    with pytest.raises(OptionError, match=r"^rows: found 'term', .*did you mean 'terms'"):
        result().to_frame("term")  # type: ignore[arg-type]


def test_pandas_and_others_read_a_frame() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(result().to_frame().to_dict(as_series=False))
    assert list(frame["layer"]) == ["first", "classify"]


def test_results_draw_themselves() -> None:
    figure = result().plot()
    assert figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]
    assert "small on aimc" in figure.get_children()[1].get_suptitle()  # type: ignore[attr-defined]


def test_layers_without_a_mapping_are_in_the_frame() -> None:
    layer = (
        result()
        .layers[0]
        .model_copy(
            update={"spatial": None, "temporal": None, "energy_pj": None, "latency_cycles": None}
        )
    )
    (row,) = layer.to_frame().rows(named=True)
    assert (row["energy_pj"], row["latency_ns"], row["spatial"], row["temporal"]) == (None,) * 4


def test_comma_separated_values_hold_the_rows() -> None:
    read = list(csv.DictReader(io.StringIO(csv_text(result().layers))))
    assert len(read) == 2
    for line, row in zip(read, rows_of(result().layers), strict=True):
        assert float(line["energy_pj"]) == row["energy_pj"]
        assert line["latency_cycles"] == str(row["latency_cycles"])
        assert line["spatial"] == row["spatial"]


def test_markdown_escapes_what_would_be_a_column() -> None:
    layer = result().layers[0].model_copy(update={"name": "a|b"})
    changed = result().model_copy(update={"layers": (layer,)})
    (row,) = [line for line in markdown_text(changed).splitlines() if "a\\|b" in line]
    assert row.replace("\\|", "").count("|") == 9


@pytest.mark.parametrize("suffix", FORMS)
def test_the_suffix_decides_the_form(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"out.{suffix}"
    zigzag_imc.save_result(result(), path)
    begins = {"json": b"{\n", "csv": b"layer,count,", "parquet": b"PAR1", "md": b"## small on aimc"}
    assert path.read_bytes().startswith(begins[suffix])
    if suffix == "json":
        assert zigzag_imc.load_result(path) == result()
    else:
        with pytest.raises(ResultError, match="is a table of layers, which holds no mappings"):
            zigzag_imc.load_result(path)


def test_parquet_holds_the_frame(tmp_path: Path) -> None:
    save_result(result(), tmp_path / "out.PARQUET")
    assert polars.read_parquet(tmp_path / "out.PARQUET").equals(result().to_frame())


def test_forms_that_are_none_are_refused() -> None:
    assert form_of("/dev/null") == "json"
    with pytest.raises(OptionError, match=r"'xlsx', expected one of json, csv, parquet, md$"):
        form_of("out.xlsx")
    with pytest.raises(OptionError, match=r"did you mean 'json'"):
        form_of("out.jsn")


def test_layers_are_looked_up_by_name() -> None:
    assert result()["second"] is result().layers[0]
    assert "second" in result()
    assert "third" not in result()
    with pytest.raises(KeyError) as error:
        result()["clasify"]
    assert str(error.value) == ("layer 'clasify': not in the result (did you mean 'classify'?)")
    with pytest.raises(OptionError):
        result()["clasify"]


def test_results_are_short_at_a_prompt() -> None:
    assert repr(result()).startswith("<NetworkResult small on aimc: 3 layers, OPTIMAL, ")
    assert repr(result()["first"]).startswith("<LayerResult first x2: OPTIMAL, ")
    assert len(repr(result())) < 100
    assert str(result()) == repr(result())


def test_notebooks_show_a_table() -> None:
    layer = result().layers[0].model_copy(update={"name": "<script>"})
    shown = result().model_copy(update={"layers": (layer,)})._repr_html_()
    assert shown.count("<tr>") == 2
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown
    assert "<table>" in result()["first"]._repr_html_()


def test_importing_the_package_loads_no_frames() -> None:
    code = (
        "import sys, zigzag_imc; zigzag_imc.save_result; "
        "print({'polars', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
