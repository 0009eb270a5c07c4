"""Ctrl-C in a process of our own, told even where a library makes another error of it.

Python raises `KeyboardInterrupt` wherever it happens to be. Where that is in the middle of a
library's compiled code, as when pydantic builds a model, the library may raise its own error in
its place, and nothing in that error says that it was Ctrl-C. So the signal is remembered, too.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeGuard


class _Heard:
    """What this process has heard."""

    ctrl_c = False


def remember_ctrl_c() -> None:
    """From now on remember that Ctrl-C came, besides raising `KeyboardInterrupt`.

    Where Ctrl-C is ignored, or handled by someone else, that is left alone.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _remember_and_raise)


def ctrl_c_came() -> bool:
    """Whether `KeyboardInterrupt` was raised for Ctrl-C, whatever became of it."""
    return _Heard.ctrl_c


def raises_interrupt(handler: Any) -> TypeGuard[Callable[[int, FrameType | None], Any]]:
    """Whether a handler of Ctrl-C raises `KeyboardInterrupt` and does no more."""
    return handler is signal.default_int_handler or handler is _remember_and_raise


def _remember_and_raise(number: int, frame: FrameType | None) -> None:
    _Heard.ctrl_c = True
    raise KeyboardInterrupt
