"""The library that draws charts: what was bundled, under which licences, how large, where it is."""

from __future__ import annotations

import hashlib
import json
import re

from tests.report.html.test_odd_results import unmapped
from tests.report.html.test_result_page import SOURCE
from zigzag_imc.report.html.result_page import result_page
from zigzag_imc.report.html.templating import LIBRARY
from zigzag_imc.results.result import NetworkResult

MOST_BYTES = 750_000
"""Of 2 MB that a page may have."""

CONTENTS = json.loads((LIBRARY.parent / "contents.json").read_text(encoding="utf-8"))


def test_it_is_the_file_that_was_written() -> None:
    written = LIBRARY.read_bytes()
    assert hashlib.sha256(written).hexdigest() == CONTENTS["sha256"], "run .ci/vega/write.py"
    assert len(written) < MOST_BYTES
    assert written.isascii()


def test_every_package_is_under_a_licence_that_lets_pages_be_sent_on() -> None:
    text = LIBRARY.read_text(encoding="ascii")
    heading, _, _ = text.partition("*/")
    for name, told in CONTENTS["packages"].items():
        assert told["licence"] in ("BSD-3-Clause", "ISC"), name
        assert f"{name} {told['version']}" in heading, "its licence stands in the page"
    assert heading.count("THE SOFTWARE IS PROVIDED") + heading.count("THIS SOFTWARE IS") > 3
    versions = {name: told["version"].split(".")[0] for name, told in CONTENTS["packages"].items()}
    assert (versions["vega-lite"], versions["vega-view"]) == ("6", "6")


def test_it_cannot_end_the_script_that_it_is_in() -> None:
    assert not re.search(r"</script|<!--", LIBRARY.read_text(encoding="ascii"), re.IGNORECASE)


def test_a_page_has_it_once_and_only_for_charts(small: NetworkResult) -> None:
    beginning = LIBRARY.read_text(encoding="ascii")[:500]
    assert result_page(small, SOURCE).count(beginning) == 1
    without = result_page(unmapped(small, "UNKNOWN", "time ended"), SOURCE)
    assert beginning not in without
    assert len(without) < 100_000
