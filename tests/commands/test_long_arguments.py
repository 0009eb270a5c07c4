"""Arguments of any length and any letters are named in one line that people read."""

from __future__ import annotations

from typing import Any

import pytest

LONG = "long" * 300
ODD = "\x01\x1b[31m\udcff\n" * 100


@pytest.mark.parametrize("text", [LONG, ODD])
@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "r.json", "--to"),
        ("map", "resnet8", "-a", "dimc", "--objective"),
        ("map", "resnet8", "-a", "dimc", "--seed"),
        ("map", "resnet8", "-a", "dimc", "--precision"),
        ("map", "resnet8", "-a", "dimc", "--layer"),
        ("map", "resnet8", "-a", "dimc", "--shape"),
        ("map", "resnet8", "-a"),
        ("layers",),
        ("evaluate", "resnet8", "-a", "dimc", "-m"),
        ("verify",),
        ("layers", "resnet8", "--format"),
        ("layers", "resnet8"),
        (),
    ],
)
def test_a_long_argument_is_one_short_line(run: Any, arguments: tuple[str, ...], text: str) -> None:
    done = run(*arguments, text)
    assert done.exit_code == 2
    lines = [line for line in done.stderr.split("\n") if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error: ")]
    assert len(errors) == 1
    assert len(errors[0]) < 500
    assert all(line.startswith(("Usage: ", "Try ")) for line in lines if line not in errors)
    assert errors[0].isprintable()


@pytest.mark.parametrize("option", [f"--{LONG}", f"--{LONG}=1"])
@pytest.mark.parametrize("before", [(), ("layers", "resnet8")])
def test_a_long_option_is_one_short_line(run: Any, before: tuple[str, ...], option: str) -> None:
    done = run(*before, option)
    assert done.exit_code == 2
    assert max(map(len, done.stderr.split("\n"))) < 500


def test_what_is_missing_is_one_line(run: Any) -> None:
    done = run("search", "resnet8", "-a", "dimc")
    assert done.exit_code == 2
    (error,) = [line for line in done.stderr.split("\n") if line.startswith("Error: ")]
    assert error.endswith("Choose from: exhaustive, loma, salsa, random")
    assert done.stderr.rstrip("\n").endswith(error)
