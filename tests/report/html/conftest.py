"""A browser for all tests of pages, and small results for them to show."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.spaces import DIVIDING
from zigzag_imc import map_network
from zigzag_imc.commands.report_findings import Wanted, findings_of
from zigzag_imc.core.layer_building import conv_layer, matmul_layer
from zigzag_imc.onnx_workload.network import Network
from zigzag_imc.report.html.findings import Findings
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.sweep.places import Place
from zigzag_imc.sweep.study.entries import Study
from zigzag_imc.sweep.sweeping import sweep_study

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
"""What the browser may be called."""

Opened = Callable[..., Any]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return one Chromium for all tests."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed (extra `browser`)"
    )
    path = installed()
    if path is None:
        pytest.skip(f"no browser is installed, of {', '.join(NAMES)}")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=path)
        yield chromium
        chromium.close()


def installed() -> str | None:
    """Return the path of a browser; ``None`` where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


DRAWN = "html:not(.with-script), html[data-charts=drawn]"
"""What the page is once all is drawn that is open; without scripts it is whole at once."""


class Opening:
    """A page opened from the file system, and all that it said and asked for."""

    def __init__(self, browser: Any, path: Path, options: dict[str, Any]) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self.path = path
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def go(self, fragment: str = "") -> Any:
        """Open the page at a place and return it, with its charts, if it runs scripts."""
        self.page.goto(f"{self.path.as_uri()}{fragment}")
        self.page.locator(DRAWN).wait_for(state="attached")
        return self.page


def wait_for_count(found: Any, count: int) -> None:
    """Wait until so many elements are there: links open, and brushes choose, a moment later."""
    from playwright.sync_api import expect  # tests import this module without a browser

    expect(found).to_have_count(count)


@pytest.fixture
def opening(browser: Any, tmp_path: Path) -> Opened:
    """Return what opens a page; in the end, it must have said nothing and asked for nothing."""

    @contextmanager
    def opened(page: str, **options: Any) -> Iterator[Opening]:
        path = tmp_path / "page.html"
        path.write_text(page, encoding="utf-8")
        opening = Opening(browser, path, options)
        try:
            yield opening
            assert opening.said == []
            assert {url.partition("#")[0] for url in opening.asked} <= {path.as_uri()}
        finally:
            opening.context.close()

    return opened


@pytest.fixture(scope="session")
def small() -> NetworkResult:
    return small_result()


def small_result() -> NetworkResult:
    """Map four small layers, one of them twice, with their fronts."""
    layers = (
        conv_layer("conv", out_channels=32, in_channels=8, output_size=(6, 6), filter_size=(3, 3)),
        conv_layer("again", out_channels=32, in_channels=8, output_size=(6, 6), filter_size=(3, 3)),
        conv_layer(
            "depthwise",
            groups=8,
            out_channels=1,
            in_channels=1,
            output_size=(6, 6),
            filter_size=(3, 3),
        ),
        matmul_layer("classify", rows=4, out_channels=10, in_channels=32),
    )
    names = [layer.name for layer in layers]
    network = Network("small", layers, edges=tuple(itertools.pairwise(names)))
    return map_network(network, "dimc", jobs=1, pareto=True, space=DIVIDING)


@pytest.fixture(scope="session")
def findings(small: NetworkResult) -> Findings:
    return found_of(small)


def found_of(small: NetworkResult) -> Findings:
    """Explain and search the dearest of them, and play all."""
    found, stopped = findings_of(small, Wanted(1, 1, 3, jobs=1, time_limit=60, quiet=True))
    assert not stopped
    return found


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sweep_into(tmp_path_factory.mktemp("sweep"))


def sweep_into(folder: Path) -> Path:
    """Sweep a layer of two networks over six arrays, whose entries have hostile names."""
    study = Study.model_validate(
        {
            "name": "<b>arrays</b>",
            "networks": [
                {"model": "deep_autoencoder", "layers": ["fc5"]},
                {"model": "ds_cnn", "layers": ["fc"]},
            ],
            "accelerators": [
                {
                    "template": kind,
                    "name": f"<i>{kind}</i>",
                    "set": {"sram_kb": 64},
                    "ranges": {"rows": [32, 64, 128]},
                }
                for kind in ("aimc", "dimc")
            ],
        }
    )
    sweep_study(study, folder, place=Place(jobs=1))
    return folder
