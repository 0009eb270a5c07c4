"""How large pages of results are, and how soon a browser has them.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/pages.py [FOLDER_OF_A_SWEEP ...]``.
Maps every shipped network onto every preset, makes its page as ``zigzag-imc report`` does, opens it
in Chromium from the file system, and prints a row each: its size, milliseconds by the clock until
it is loaded and until its charts are drawn (the machine may be busy), CPU seconds of the page's
thread, and what it said or asked.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.report.html.conftest import DRAWN, installed
from tests.spaces import DIVIDING
from zigzag_imc.commands.report_findings import Wanted, findings_of
from zigzag_imc.library.mapping import map_network
from zigzag_imc.models.hardware.presets import preset_names
from zigzag_imc.onnx_workload.loader import load_network
from zigzag_imc.onnx_workload.shipped import NETWORKS
from zigzag_imc.report.html.provenance import Source
from zigzag_imc.report.html.result_page import result_page
from zigzag_imc.report.html.sweep_page import sweep_page

HEADER = "| page | kB | loaded (ms) | drawn (ms) | CPU (s) | messages | requests |"


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of opening a page.

    Attributes
    ----------
    loaded_ms, drawn_ms
        From the beginning of the navigation to the end of the load event, and to when all charts
        that are open are drawn, by the clock.
    work_s
        CPU seconds of the page's thread.
    messages, requests
        Lines on the console, errors among them, and requests beside that for the page itself.
    """

    loaded_ms: float
    drawn_ms: float
    work_s: float
    messages: int
    requests: int


def opened(browser: Any, path: Path) -> Opened:
    """Open a page from the file system."""
    page = browser.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.goto(path.as_uri())
    page.locator(DRAWN).wait_for(state="attached")
    drawn = page.evaluate("performance.getEntriesByName('drawn')[0].startTime")
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    found = session.send("Performance.getMetrics")["metrics"]
    work = next(one["value"] for one in found if one["name"] == "ThreadTime")
    page.close()
    return Opened(
        loaded, drawn, work, len(said), len([url for url in asked if url != path.as_uri()])
    )


def pages(sweeps: list[str], layers: int) -> Iterator[tuple[str, str]]:
    """Yield names and texts of all pages; the dearest layers are played, and searched if asked."""
    for folder in sweeps:
        yield Path(folder).name, sweep_page(folder)
    for name in NETWORKS:
        network = load_network(name)
        for preset in preset_names():
            result = map_network(network, preset, space=DIVIDING)
            wanted = Wanted(layers, layers, 3, jobs=None, time_limit=None, quiet=True)
            findings, _ = findings_of(result, wanted)
            yield (
                f"{name} on {preset}",
                result_page(result, Source("result.json", None), findings, network),
            )


def main() -> None:
    """Make, open and tell all pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sweeps", nargs="*", metavar="FOLDER", help="folders of sweeps")
    parser.add_argument("--search", type=int, default=0, help="layers searched for each page")
    given = parser.parse_args()
    print(HEADER)
    print("| --- | --: | --: | --: | --: | --: | --: |")
    with sync_playwright() as started, tempfile.TemporaryDirectory() as folder:
        browser = started.chromium.launch(executable_path=installed())
        for name, text in pages(given.sweeps, given.search):
            path = Path(folder) / "page.html"
            path.write_text(text, encoding="utf-8")
            one = opened(browser, path)
            size = len(text.encode()) / 1000
            print(
                f"| {name} | {size:.0f} | {one.loaded_ms:.0f} | {one.drawn_ms:.0f} "
                f"| {one.work_s:.2f} | {one.messages} | {one.requests} |",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main()
