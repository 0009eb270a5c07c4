"""Ctrl-C ends the tool as itself, whatever a library makes of it."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from zigzag_imc.core.objective import Stopped
from zigzag_imc.runs import ctrl_c
from zigzag_imc.runs.ctrl_c import ctrl_c_came, raises_interrupt, remember_ctrl_c
from zigzag_imc.runs.local import ctrl_c_stops

_PRESSED = """
import signal
from pydantic_core import SchemaSerializer, core_schema

class Pressing:
    def __repr__(self):
        signal.raise_signal(signal.SIGINT)
        return 'pressed'

def run_tool(prog_name):
    {work}

from zigzag_imc.commands import app as commands
commands.app = run_tool
from zigzag_imc.__main__ import main
main()
"""


def _run(work: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _PRESSED.format(work=work)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def test_while_pydantic_builds_a_model_which_makes_its_own_error_of_it() -> None:
    ended = _run("SchemaSerializer(core_schema.literal_schema([Pressing()]))")
    assert ended.stderr == "interrupted\n"
    assert ended.returncode == 130


def test_without_it_an_error_is_told_as_it_is() -> None:
    ended = _run("SchemaSerializer({'type': 'no such type'})")
    assert "SchemaError" in ended.stderr
    assert ended.returncode == 1


def test_a_handler_of_a_program_itself_is_another() -> None:
    assert raises_interrupt(signal.default_int_handler)
    assert not raises_interrupt(signal.SIG_IGN)
    assert not raises_interrupt(lambda number, frame: None)


class _Searches:
    """Searches that come back when they are asked to, or are left behind."""

    stopped: Stopped | None = None
    gave_up = False

    def stop(self, why: Stopped) -> None:
        self.stopped = why

    def give_up(self) -> None:
        self.gave_up = True


def test_the_third_one_of_searches_is_remembered_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctrl_c._Heard, "ctrl_c", False)
    remember_ctrl_c()
    try:
        with ctrl_c_stops(_Searches()):
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            assert not ctrl_c_came()
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
        assert ctrl_c_came()
        assert raises_interrupt(signal.getsignal(signal.SIGINT))
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
