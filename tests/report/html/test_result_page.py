"""The page of a result: what it says, and that nothing in it can run."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from zigzag_imc.explain.explaining import explain_layer
from zigzag_imc.report.html.findings import Findings
from zigzag_imc.report.html.formats import FILTERS, short
from zigzag_imc.report.html.layer_view import dearest_names
from zigzag_imc.report.html.provenance import Source
from zigzag_imc.report.html.result_page import result_page
from zigzag_imc.results.result import NetworkResult

SOURCE = Source("result.json", "ab" * 32)


class _Tags(HTMLParser):
    """Collects elements with their attributes, and the text that is shown."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def renamed(result: NetworkResult, names: list[str]) -> NetworkResult:
    """Call the layers of a result otherwise."""
    layers = []
    left = iter(names)
    for layer in result.layers:
        new = tuple(next(left) for _ in layer.names)
        layers.append(layer.model_copy(update={"name": new[0], "names": new}))
    network = result.network.model_copy(update={"name": names[0], "notices": tuple(names)})
    return result.model_copy(update={"layers": tuple(layers), "network": network})


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</script></style><svg onload=alert(3)>{{ 7 * 7 }}",
    "'onmouseover='alert(4)' javascript:alert(5) &lt;b&gt;",
]


def test_the_verdict_is_that_of_the_result(small: NetworkResult) -> None:
    text = _Tags(result_page(small, SOURCE)).text
    totals = small.totals
    assert totals.energy_pj is not None
    assert f"{2 * totals.macs / totals.energy_pj:.4g} TOPS/W" in text
    assert f"{totals.edp_js:.4g} J·s" in text
    assert "proved for 4 layers" in text
    assert f"{totals.energy_pj / 1e3:.4g} nJ" in text


def test_every_layer_has_its_place_and_its_bound(small: NetworkResult) -> None:
    page = _Tags(result_page(small, SOURCE))
    places = {attributes.get("id") for _, attributes in page.tags}
    links = {
        str(attributes["href"])[1:]
        for tag, attributes in page.tags
        if tag == "a" and attributes["href"] is not None
    }
    assert links <= places
    assert {f"layer-{number + 1}" for number in range(len(small.layers))} <= links
    for layer in small.layers:
        assert layer.bound is not None
        assert f"proved bound {short(layer.bound)}, gap" in page.text


def test_the_dearest_layers_come_first(small: NetworkResult) -> None:
    costs = {
        layer.name: layer.count * layer.objective_value
        for layer in small.layers
        if layer.objective_value is not None
    }
    expected = sorted(costs, key=lambda name: -costs[name])
    assert list(dearest_names(small, 3)) == expected[:3]
    listed = re.search(r'<ol class="start">(.*?)</ol>', result_page(small, SOURCE), re.S)
    assert listed is not None
    assert re.findall(r"<a [^>]*>([^<]*)</a>", listed[1]) == expected[:3]


def test_what_was_played_and_searched_is_there(small: NetworkResult, findings: Findings) -> None:
    page = _Tags(result_page(small, SOURCE, findings))
    (curve,) = findings.curves.values()
    for one in curve.stretches:
        assert FILTERS["energy"](one.energy_pj) in page.text
    assert f"{curve.searches} searches" in page.text
    for timeline in findings.timelines.values():
        assert f"all {timeline.steps:,} steps of the array" in page.text
        for track in timeline.tracks:
            assert f"{track.name} {FILTERS['percent'](track.busy)}" in page.text


def test_the_change_that_saves_most_is_named(small: NetworkResult) -> None:
    (name,) = dearest_names(small, 1)
    told = explain_layer(small, name, jobs=1)
    best = max(told.what_ifs, key=lambda one: one.gain or 0.0)
    page = _Tags(result_page(small, SOURCE, Findings(told={name: told}))).text
    assert best.gain is not None
    assert f"Change first: {best.change}" in page
    layer, totals = small[name], small.totals
    energy_share = layer.count * (layer.energy_pj or 0) / (totals.energy_pj or 1)
    latency_share = layer.count * (layer.latency_cycles or 0) / (totals.latency_cycles or 1)
    share = (energy_share + latency_share) / 2
    assert f"saves about {100 * best.gain * share:.3g} %" in page


def test_names_show_as_text_and_add_no_element(small: NetworkResult) -> None:
    plain = [f"layer{number}" for number in range(4)]
    harmless = _Tags(result_page(renamed(small, plain), Source("plain", None)))
    hostile = _Tags(result_page(renamed(small, HOSTILE), Source(HOSTILE[0], None)))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in harmless.tags]
    assert [sorted(a) for _, a in hostile.tags] == [sorted(a) for _, a in harmless.tags]
    for name in HOSTILE:
        assert " ".join(name.split()) in hostile.text


def test_a_page_is_the_same_each_time(small: NetworkResult) -> None:
    assert result_page(small, SOURCE) == result_page(small, SOURCE)


def test_a_layer_without_a_mapping_says_why(small: NetworkResult) -> None:
    first, *others = small.layers
    gone = first.model_copy(
        update={
            "status": "INFEASIBLE",
            "reason": "no room <for> it",
            "spatial": None,
            "temporal": None,
            "energy_pj": None,
            "latency_cycles": None,
            "objective_value": None,
            "bound": None,
            "gap": None,
            "breakdown": None,
        }
    )
    page = _Tags(result_page(small.model_copy(update={"layers": (gone, *others)}), SOURCE))
    assert "no room <for> it" in page.text


@pytest.mark.parametrize("attribute", ["src", "href", "action", "data", "srcset"])
def test_no_element_leads_to_a_network(small: NetworkResult, attribute: str) -> None:
    for _, attributes in _Tags(result_page(small, SOURCE)).tags:
        value = attributes.get(attribute)
        assert value is None or value.startswith(("#", "data:,"))
