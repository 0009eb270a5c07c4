"""Tables within the width of whoever reads them."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from zigzag_imc.report.terminal.console import print_line
from zigzag_imc.report.terminal.listing import Column, Listing

COLUMNS = (
    Column("layer", names=True),
    Column("loops", rank=2),
    Column("energy\n(pJ)", numbers=True),
    Column("util", numbers=True, rank=1),
    Column("status"),
)
LOOPS = "K64 C64 OY56 OX56 FY3 FX3"
LONG = [f"network/block_{number}/FusedBatchNorm;network/block_{number}/Conv2D" for number in (1, 2)]


def printed(listing: Listing, width: int, *, terminal: bool = True) -> list[str]:
    stream = io.StringIO()
    listing.print(Console(file=stream, width=width, force_terminal=terminal, color_system=None))
    return stream.getvalue().splitlines()


def listing(*names: str, after: str = "") -> Listing:
    made = Listing(COLUMNS)
    for name in names:
        made.add(name, LOOPS, "12.5", "50.0 %", "OPTIMAL", after=after)
    return made


def test_a_row_stands_on_one_line_where_there_is_room() -> None:
    assert printed(listing("conv1"), 100) == [
        "                                  energy",
        "layer  loops                        (pJ)    util  status",
        "─" * 57,
        "conv1  K64 C64 OY56 OX56 FY3 FX3    12.5  50.0 %  OPTIMAL",
    ]


@pytest.mark.parametrize("width", [33, 40, 50])
def test_what_has_no_room_stands_below_its_row_whole(width: int) -> None:
    lines = printed(listing("conv1"), width)
    assert max(map(len, lines)) <= width
    assert lines[1:3] == ["layer    (pJ)    util  status", "    loops"]
    assert lines[-2:] == ["conv1    12.5  50.0 %  OPTIMAL", f"    {LOOPS}"]


def test_columns_of_the_next_rank_follow_where_it_is_narrower() -> None:
    lines = printed(listing("conv1"), 29)
    assert lines[-3:] == ["conv1    12.5  OPTIMAL", f"    {LOOPS}", "    50.0 %"]


@pytest.mark.parametrize("width", [12, 20, 26, 31, 45, 80])
def test_nothing_is_wider_and_nothing_is_lost(width: int) -> None:
    lines = printed(listing("conv1", "conv2"), width)
    assert max(map(len, lines)) <= width
    words = " ".join(lines).split()
    assert words.count("OPTIMAL") == 2
    for word in ("layer", "loops", "status", "conv1", "conv2", *LOOPS.split()):
        assert word in words


def test_names_on_a_terminal_are_cut_and_still_differ() -> None:
    lines = printed(listing(*LONG, after=" x2"), 80)
    names = [line.split("  ")[0] for line in lines if "OPTIMAL" in line]
    assert len(set(names)) == 2
    assert [name[-3:] for name in names] == [" x2", " x2"]
    assert "block_1" in names[0]
    assert "block_2" in names[1]


def test_names_that_nobody_watches_are_whole_and_rows_within_120_columns() -> None:
    names = [f"{'x' * 70}/{name}" for name in LONG]
    lines = printed(listing(*names), 100_000, terminal=False)
    assert max(map(len, lines)) <= 120
    assert names[0][:120] in lines
    assert "".join(lines).count("OPTIMAL") == 2
    short = printed(listing(LONG[0]), 100_000, terminal=False)
    assert [line.split()[0] for line in short][-1] == LONG[0]


def test_lines_of_text_break_between_words() -> None:
    text = "nothing is known about how much less edp another mapping could have"
    stream = io.StringIO()
    console = Console(file=stream, width=24, force_terminal=True, color_system=None)
    print_line(text, console, head="proof  ")
    first, *others = stream.getvalue().splitlines()
    assert first.startswith("proof  nothing")
    assert all(line.startswith(" " * 7) for line in others)
    assert max(map(len, [first, *others])) <= 24
    assert " ".join(" ".join([first, *others]).split()) == f"proof {text}"


def test_an_empty_table_has_its_header() -> None:
    assert len(printed(Listing(COLUMNS), 80)) == 3
