"""Takes the small pictures with which tests compare pages; look at them before they stay.

Usage: ``python -m tests.report.html.write_screenshots [FOLDER_FOR_PAGES]``
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from PIL import Image

from tests.report.html.conftest import found_of, installed, small_result, sweep_into
from tests.report.html.looks import FOLDER, VIEWS, photographed
from zigzag_imc.report.html.comparison_page import comparison_page
from zigzag_imc.report.html.findings import Findings
from zigzag_imc.report.html.provenance import Source
from zigzag_imc.report.html.result_page import result_page
from zigzag_imc.report.html.sweep_page import sweep_page
from zigzag_imc.results.result import NetworkResult

FONTS = FOLDER / "fonts.json"
"""How wide a sample of text was in each picture."""

SOURCE = Source("result.json", "ab" * 32)


def pages_of(small: NetworkResult, findings: Findings, swept: Path) -> dict[str, str]:
    """Return the pages that are looked at, by their names."""
    layers = tuple(
        layer.model_copy(update={"energy_pj": (layer.energy_pj or 0.0) / place})
        for place, layer in enumerate(small.layers, start=1)
    )
    other = small.model_copy(update={"layers": layers})
    return {
        "result": result_page(small, SOURCE, findings),
        "sweep": sweep_page(swept),
        "comparison": comparison_page(small, other, (SOURCE, SOURCE)),
    }


def main(folder: Path) -> None:
    """Make the pages in a folder, and take their pictures."""
    from playwright.sync_api import sync_playwright  # tests import this module without a browser

    small = small_result()
    FOLDER.mkdir(exist_ok=True)
    texts = pages_of(small, found_of(small), sweep_into(folder / "sweep"))
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    widths = {}
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=installed())
        for name, view in VIEWS.items():
            picture, widths[name] = photographed(browser, folder / f"{view.page}.html", view)
            few = picture.quantize(48, method=Image.Quantize.MAXCOVERAGE)  # rare colours, too
            few.save(FOLDER / f"{name}.png", optimize=True)
        browser.close()
    FONTS.write_text(json.dumps(widths, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as place:
            main(Path(place))
