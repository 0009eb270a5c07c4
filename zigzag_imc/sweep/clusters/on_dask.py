"""Tasks of a sweep on a Dask cluster: its scheduler hands them out and replaces lost workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from zigzag_imc.core.budget import never
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.one_line import one_line
from zigzag_imc.sweep.running import SweepRun
from zigzag_imc.sweep.task import Found, Task

if TYPE_CHECKING:
    from distributed import Client

HOW_TO_INSTALL = "pip install distributed submitit"

_WAITING = 3
"""Tasks for each thread of the cluster that are under way: one is worked at, others wait there."""

_PATIENCE_S = 0.5
_CONNECT_S = 15


def run_on_dask(run: SweepRun, address: str) -> None:
    """Do the tasks of a sweep on the cluster of a scheduler, such as ``tcp://host:8786``.

    Answers are written as they come; a task whose workers are lost again and again is cut into its
    problems.

    Raises
    ------
    OptionError
        When dask.distributed is not installed, no scheduler answers, or its workers cannot do it.
    """
    with _client(address) as client:
        _work(run, client)


@contextmanager
def _client(address: str) -> Iterator[Client]:
    try:
        from distributed import Client
    except ImportError:
        raise OptionError(
            f"dask: dask.distributed is not installed; {HOW_TO_INSTALL} adds it"
        ) from None
    try:
        client = Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise OptionError(
            f"dask: no scheduler answers at {address}: {one_line(str(error))}"
        ) from None
    try:
        with client.as_current():
            yield client
    finally:
        client.close()


def _work(run: SweepRun, client: Client) -> None:
    """Keep the cluster busy until nothing is left, or Ctrl-C comes."""
    from distributed import TimeoutError as NothingYet
    from distributed import wait

    under_way: dict[Any, int] = {}
    while not run.gave_up and (under_way or (run.is_open and not run.is_stopped)):
        room = _WAITING * max(1, sum(client.nthreads().values())) - len(under_way)
        while room > 0 and run.is_open and not run.is_stopped:
            number, task = run.take()
            future = client.submit(solve, task, pure=False)
            under_way[future] = number
            room -= 1
        if run.is_stopped:
            client.cancel(list(under_way))
            return
        try:
            # Ctrl-C is heard in between.
            ended = wait(list(under_way), timeout=_PATIENCE_S, return_when="FIRST_COMPLETED").done
        except NothingYet:
            continue
        for future in ended:
            _take(run, under_way.pop(future), future)


def _take(run: SweepRun, number: int, future: Any) -> None:
    """Take what a task found, or hear that it is lost."""
    from distributed import KilledWorker

    try:
        found: Found = future.result()
    except KilledWorker:
        run.lose(number)
    except Exception as error:
        raise OptionError(
            f"dask: a worker cannot do its task: {type(error).__name__}: {one_line(str(error))}; "
            "expected workers with the same version of zigzag-imc"
        ) from None
    else:
        run.finish(number, found)


def solve(task: Task) -> Found:
    """Do a task; runs in a worker of the cluster."""
    return task.run(never)
