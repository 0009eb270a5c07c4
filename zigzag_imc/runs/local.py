"""Searches side by side on all cores; results in the order of the jobs, whatever finishes first."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.objective import Stopped
from zigzag_imc.runs.cores import available_cores
from zigzag_imc.runs.ctrl_c import raises_interrupt
from zigzag_imc.runs.job import Job, Outcome, prepare, run_job
from zigzag_imc.runs.run import Flag, ProgressCallback, Run


class HereFlag:
    """A flag for searches in this process."""

    value = False


def run_jobs(
    jobs: Sequence[Job],
    workers: int | None = None,
    budget: Budget | None = None,
    progress: ProgressCallback | None = None,
    *,
    in_processes: bool = False,
) -> tuple[list[Outcome], Stopped | None]:
    """Do all jobs and return their outcomes in order.

    And what ended the run early, if anything did.

    Parameters
    ----------
    jobs
        What to do.
    workers
        Processes side by side; all cores by default. One worker, or one job, runs in this process,
        and so does all work of a process that may have no children.
    budget
        Time for everything; its clock may have started before. No limit by default.
    progress
        Called in this process whenever a search starts or ends.
    in_processes
        Use a process of its own even for one worker: searches that hear no request to stop can be
        broken off there, and all that depends on the order of sets is the same every time.

    Notes
    -----
    Ctrl-C ends the searches, which still return what they have found; a second one keeps only what
    has been returned by then.
    """
    if not jobs:
        return [], None
    count = max(1, min(workers or available_cores(), len(jobs)))
    if multiprocessing.current_process().daemon:
        count = 1  # it may have no children
    budget = budget or Budget.of()
    if multiprocessing.current_process().daemon or (count == 1 and not in_processes):
        run = Run(jobs, count, HereFlag(), budget, progress)
        with ctrl_c_stops(run):
            _run_here(run)
    else:
        from zigzag_imc.runs.workers import run_in_processes, shared_flag

        run = Run(jobs, count, shared_flag(), budget, progress)
        with ctrl_c_stops(run):
            run_in_processes(run)
    return run.results(), run.ended_by


def _run_here(run: Run) -> None:
    """Do the jobs one by one in a thread.

    This one stays free to hear Ctrl-C during long solver calls.
    """
    prepare()
    run.check_deadline()
    while run.open and not run.stopped:
        index, job = run.take()
        found: list[Outcome | BaseException] = []
        thread = threading.Thread(target=_catch, args=(job, run.flag, found), daemon=True)
        thread.start()
        while thread.is_alive() and not run.gave_up:
            thread.join(run.patience_s())
            run.check_deadline()
        if not found:
            return  # given up; the thread ends with the process
        if isinstance(found[0], BaseException):
            raise found[0]
        run.finish(index, found[0])


def _catch(job: Job, flag: Flag, found: list[Outcome | BaseException]) -> None:
    try:
        found.append(run_job(job, lambda: bool(flag.value)))
    except BaseException as error:
        found.append(error)


class Stoppable(Protocol):
    """What Ctrl-C stops: a run.

    Attributes
    ----------
    stopped
        Why it stopped; ``None`` while it goes on.
    """

    stopped: Stopped | None

    @property
    def gave_up(self) -> bool:
        """Whether whoever has not come back by now is left behind."""

    def stop(self, why: Stopped) -> None:
        """Ask all searches to come back."""

    def give_up(self) -> None:
        """Leave behind all searches that have not come back."""


@contextmanager
def ctrl_c_stops(run: Stoppable) -> Iterator[None]:
    """Let the first Ctrl-C stop all searches, the second leave them, the third break off.

    Only where Ctrl-C would raise `KeyboardInterrupt` here: a program's own handling of it is left
    alone.
    """
    ours = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT)
    if not ours or not raises_interrupt(before):
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        if run.gave_up:
            before(number, frame)
        if run.stopped == "interrupted":
            run.give_up()
        else:
            run.stop("interrupted")

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
