"""What pages look like: small pictures of them, and how far two pictures are apart."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

FOLDER = Path(__file__).parent / "screenshots"

SMALL, CLOSE = 8, 4
"""Pixels of a page, and of a part of it, that become one of a picture: letters do not stay."""

SAMPLE = "The quick brown fox jumps over 13 lazy dogs: sram_256KB, 57.68 uJ, proved"
"""Text whose width tells fonts apart."""

MOST_APART = 6.0
"""Root of the mean square of what two pictures may differ by, of 255."""

MOST_OF_A_PATCH = 60.0
"""What the mean of a patch of 4 x 4 pixels may differ by: a chart that is gone is far above."""


@dataclass(frozen=True, slots=True)
class View:
    """A page as somebody looks at it.

    Attributes
    ----------
    page
        Which of the pages: ``result``, ``sweep`` or ``comparison``.
    width, scheme, media
        Of the window.
    fragment
        The part that is opened.
    part
        A selector of what is looked at alone, more closely; all of the page where it is empty.
    """

    page: str
    width: int
    scheme: str = "light"
    media: str = "screen"
    fragment: str = ""
    part: str = ""


VIEWS: Mapping[str, View] = {
    "result": View("result", 1400, fragment="#layer-2"),
    "result-400-dark": View("result", 400, "dark", fragment="#layer-2"),
    "result-print": View("result", 900, media="print", fragment="#layer-2"),
    "sweep-dark": View("sweep", 1400, "dark"),
    "comparison-400": View("comparison", 400),
    "chart-roofline": View("result", 1400, part="#roofline"),
    "chart-ports": View("result", 1400, fragment="#layer-1", part="#layer-1-ports"),
    "chart-ports-400-dark": View("result", 400, "dark", "screen", "#layer-1", "#layer-1-ports"),
    "chart-front": View("result", 1400, fragment="#layer-2", part="#layer-2-front"),
    "chart-buffer-dark": View("result", 1400, "dark", "screen", "#layer-1", "#layer-1-size"),
    "chart-explorer": View("sweep", 1400, part="#explorer"),
    "chart-explorer-400-dark": View("sweep", 400, "dark", part="#explorer"),
    "chart-ratios": View("comparison", 1400, part="#ratios"),
}


def photographed(browser: Any, path: Path, view: View) -> tuple[Image.Image, float]:
    """Return a small picture of all of a page, and how wide the sample of text is there."""
    context = browser.new_context(
        viewport={"width": view.width, "height": 900}, color_scheme=view.scheme
    )
    page = context.new_page()
    page.emulate_media(media=view.media, color_scheme=view.scheme)
    page.goto(f"{path.as_uri()}{view.fragment}")
    page.locator("html[data-charts=drawn]").wait_for(state="attached")
    part = page.locator(view.part) if view.part else None
    shot = page.screenshot(full_page=True) if part is None else part.screenshot()
    taken = Image.open(io.BytesIO(shot))
    width = page.evaluate(
        """text => { const one = document.createElement("span"); one.textContent = text;
        one.style.position = "absolute"; one.style.whiteSpace = "nowrap"; document.body.append(one);
        const width = one.getBoundingClientRect().width; one.remove(); return width }""",
        SAMPLE,
    )
    context.close()
    pixels = CLOSE if view.part else SMALL
    size = taken.width // pixels, taken.height // pixels
    return taken.convert("RGB").resize(size, Image.Resampling.BOX), float(width)


def apart(one: Image.Image, other: Image.Image) -> list[str]:
    """Say in what two small pictures differ more than fonts and machines explain."""
    if abs(one.height - other.height) > 0.02 * other.height or one.width != other.width:
        return [f"it is {one.size} in size, was {other.size}"]
    height = min(one.height, other.height) // 4 * 4
    width = one.width // 4 * 4
    first, second = (np.asarray(picture, dtype=float)[:height, :width] for picture in (one, other))
    differ = first - second
    patches = differ.reshape(height // 4, 4, width // 4, 4, 3).mean(axis=(1, 3))
    found = []
    root = float(np.sqrt((differ**2).mean()))
    if root > MOST_APART:
        found.append(f"it differs by {root:.1f} all over")
    worst = float(np.abs(patches).max())
    if worst > MOST_OF_A_PATCH:
        row, column, _ = np.unravel_index(np.abs(patches).argmax(), patches.shape)
        place = int(column) * 4 * SMALL, int(row) * 4 * SMALL
        found.append(f"it differs by {worst:.0f} around {place}")
    return found
