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
    assert one_line(done.stderr).isprintable()


@pytest.mark.parametrize("option", [f"--{LONG}", f"--{LONG}=1"])
@pytest.mark.parametrize("before", [(), ("layers", "resnet8")])
def test_a_long_option_is_one_short_line(run: Any, before: tuple[str, ...], option: str) -> None:
    done = run(*before, option)
    assert done.exit_code == 2
    one_line(done.stderr)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            ("search", "resnet8", "-a", "dimc"),
            "missing option '--engine' / '-e'. Choose from: exhaustive, loma, salsa, random"
            " (see zigzag-imc search -h)",
        ),
        (("layers",), "missing argument 'MODEL' (see zigzag-imc layers -h)"),
        (
            ("map", "resnet8", "--objectiv", "edp"),
            "no such option: --objectiv (did you mean --objective) (see zigzag-imc map -h)",
        ),
        (
            ("map", "resnet8", "-a", "dimc", "--objective", "speed"),
            "--objective: found 'speed', expected one of energy, latency, edp"
            " (see zigzag-imc map -h)",
        ),
        (("mop",), "no such command 'mop'. Did you mean 'map'? (see zigzag-imc -h)"),
        (("map", "resnet8", "-a"), "option '-a' requires an argument"),
    ],
)
def test_wrong_usage_is_one_line_that_says_what_is_right(
    run: Any, typed: tuple[str, ...], said: str
) -> None:
    done = run(*typed)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"error: {said}\n"


def one_line(stderr: str) -> str:
    """Return the one line on stderr, which is of a length that people read."""
    (line,) = stderr.rstrip("\n").split("\n")
    assert line.startswith("error: ")
    assert len(line) < 500
    return line
