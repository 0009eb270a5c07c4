"""The mapping on the page of the result file is one that the tool finds."""

from __future__ import annotations

import json
import re
from pathlib import Path

from zigzag_imc.library.mapping import map_network

PAGE = Path(__file__).parents[2] / "docs" / "result-file.md"


def test_the_mapping_that_the_page_shows_is_found() -> None:
    text = PAGE.read_text(encoding="utf-8")
    temporal = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    spatial = re.search(r"`(\{\"D1\".*?\})`", text)
    assert temporal is not None
    assert spatial is not None
    found = map_network("resnet18", "dimc", objective="energy", layers=["layer1.0.conv1"], jobs=1)
    mapping = found["layer1.0.conv1"].model_dump(mode="json")
    assert mapping["temporal"] == json.loads(temporal[1])
    assert mapping["spatial"] == json.loads(spatial[1])
