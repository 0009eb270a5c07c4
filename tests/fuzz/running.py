"""Cases run in forks of a process that has imported everything, and what is wrong with them."""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.cases import Case

CPU_S = 10
"""Seconds of one core that a case may take."""

WALL_S = 60
"""Seconds that a case may take on a machine that does other things, too."""

MOST_BYTES = 10**9
"""Memory that a case may take."""

LONGEST = 500
"""Characters of the longest message."""

_ROOM = 4 * 2**30
_SIDE_NOTES = ("notice: ", "warning: ", "note: ")
_ERRORS = ("error: ",)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a case ended.

    Attributes
    ----------
    status
        As ``waitpid`` gives it.
    stdout, stderr
        What it printed.
    peak_bytes
        Memory at its highest.
    cpu_s
        Seconds of one core.
    """

    status: int
    stdout: str
    stderr: str
    peak_bytes: int
    cpu_s: float

    @property
    def code(self) -> int:
        """Exit code, negative after a signal."""
        return os.waitstatus_to_exitcode(self.status)


def prepare() -> None:
    """Import what cases need, once for all of them."""
    import matplotlib.backends.backend_svg  # noqa: F401

    import zigzag_imc.checking.crosschecking
    import zigzag_imc.checking.prove
    import zigzag_imc.commands.app
    import zigzag_imc.exchange.constraint_file
    import zigzag_imc.exchange.zigzag_folder
    import zigzag_imc.explain.explaining
    import zigzag_imc.library.evaluating
    import zigzag_imc.library.replaying
    import zigzag_imc.library.searching
    import zigzag_imc.onnx_workload.loader
    import zigzag_imc.plotting.result
    import zigzag_imc.report.terminal.mapping_table
    import zigzag_imc.report.terminal.replay
    import zigzag_imc.report.terminal.verification
    import zigzag_imc.solver.joint.search
    import zigzag_imc.solver.pareto
    import zigzag_imc.solver.search  # noqa: F401


def run(case: Case) -> Ended:
    """Run a case in a fork, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for name, content in case.files.items():
            (Path(folder) / name).write_bytes(content)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if child == 0:
                _be_the_case(case, folder, out.fileno(), err.fileno())
            status, used = _waited(child)
            texts = [_text(file.fileno()) for file in (out, err)]
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Ended(status, texts[0], texts[1], peak, used.ru_utime + used.ru_stime)


def problems(ended: Ended) -> Iterator[str]:
    """Yield what is wrong with how a case ended."""
    if ended.code == -signal.SIGXCPU or ended.code == -signal.SIGKILL:
        yield f"takes more than {CPU_S} s"
    elif ended.code not in (0, 1, 2):
        yield f"exit code {ended.code}"
    if ended.peak_bytes > MOST_BYTES:
        yield f"takes {ended.peak_bytes / 1e6:.0f} MB"
    for text in (ended.stdout, ended.stderr):
        if "Traceback (most recent" in text:
            yield f"traceback: {text.splitlines()[-1][:200]}"
            return
    yield from _of_stderr(ended)


def _of_stderr(ended: Ended) -> Iterator[str]:
    lines = [line for line in ended.stderr.split("\n") if line.strip()]
    errors = [line for line in lines if line.startswith(_ERRORS)]
    if len(errors) != (ended.code in (1, 2)):
        yield f"{len(errors)} errors with exit code {ended.code}"
    for line in lines:
        if len(line) > LONGEST:
            yield f"a line of {len(line)} characters on stderr"
        if line not in errors and not line.startswith(_SIDE_NOTES) and not _is_said(line):
            yield f"on stderr: {line[:200]}"


def _is_said(line: str) -> bool:
    """Whether a line says what was written, or what is searched."""
    return line.endswith(" written") or ": about " in line


def _be_the_case(case: Case, folder: str, out: int, err: int) -> None:
    """Run the tool in this process, and end it."""
    code = 1
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 2))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _limit_memory()
        os.chdir(folder)
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
        warnings.resetwarnings()
        code = _exit_code(case)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _exit_code(case: Case) -> int:
    from zigzag_imc.commands.app import app

    try:
        app(list(case.arguments), prog_name="zigzag-imc")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1 if end.code else 0
    return 0


def _limit_memory() -> None:
    """Keep a case that takes too much from taking all there is."""
    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = taken * resource.getpagesize() + _ROOM
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _waited(child: int) -> tuple[int, resource.struct_rusage]:
    """Wait for a case; end it when its time is over."""
    handle = os.pidfd_open(child)
    try:
        ready, _, _ = select.select([handle], [], [], WALL_S)
    finally:
        os.close(handle)
    if not ready:
        os.kill(child, signal.SIGKILL)
    _, status, used = os.wait4(child, 0)
    return status, used


def _text(file: int) -> str:
    os.lseek(file, 0, os.SEEK_SET)
    with os.fdopen(os.dup(file), "rb") as opened:
        return opened.read(2_000_000).decode("utf-8", "replace")
