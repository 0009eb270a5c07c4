"""A study worked out: every point solved once, and its results in files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from zigzag_imc.core.arguments import callback, instance
from zigzag_imc.core.arguments import path as checked_path
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.objective import Stopped
from zigzag_imc.core.paths import path_text
from zigzag_imc.core.space import TileSizes
from zigzag_imc.results.html import html_table
from zigzag_imc.sweep.clusters.shards import take_leftovers
from zigzag_imc.sweep.frames import Table, sweep_table
from zigzag_imc.sweep.left_out import LeftOut
from zigzag_imc.sweep.places import JOBS_FOLDER, Place, work
from zigzag_imc.sweep.plan import Case, Plan
from zigzag_imc.sweep.running import Counts, ProgressCallback
from zigzag_imc.sweep.store import FILE_NAME, Store
from zigzag_imc.sweep.studies import study_names
from zigzag_imc.sweep.study.entries import Study
from zigzag_imc.sweep.study.keeping import write_study
from zigzag_imc.sweep.study.reading import study_asked
from zigzag_imc.sweep.tables import check_polars, write_tables
from zigzag_imc.sweep.task import AnyProblem

if TYPE_CHECKING:
    from polars import DataFrame


@dataclass(frozen=True)
class SweepReport:
    """What a sweep did.

    Attributes
    ----------
    accelerators, over_budget, refused
        Accelerators of the study, those over its area, and those that cannot be built.
    counts
        Problems: all, solved here, known before, failed.
    stopped
        What ended it early, if anything did.
    folder
        Where its tables are.
    notes
        What nobody should have to look for, a sentence each: the smallest accelerator where all are
        over the area, the first reason why some cannot be built, and the first network that some
        accelerator cannot run, with the reason.
    """

    accelerators: int
    over_budget: int
    refused: int
    counts: Counts
    stopped: Stopped | None
    folder: Path
    notes: tuple[str, ...] = ()

    def to_frame(self, table: Table = "networks") -> DataFrame:
        """Return a table of the sweep as a data frame of polars.

        Parameters
        ----------
        table
            ``networks`` or ``layers``.

        Raises
        ------
        OptionError
            When there is no such table.
        """
        return sweep_table(self.folder, table)

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        rows = (
            ("accelerators", str(self.accelerators)),
            ("over the area", str(self.over_budget)),
            ("cannot be built", str(self.refused)),
            ("points", str(self.counts.total)),
            ("solved now", str(self.counts.solved)),
            ("known before", str(self.counts.known)),
            ("failed", str(self.counts.failed)),
        )
        ended = (f"ended early: {self.stopped}",) if self.stopped else ()
        below = (*self.notes, *ended)
        return html_table(f"sweep in {self.folder}", ("", "count"), rows, below)


def sweep_study(  # noqa: PLR0913  (users name each of their choices)
    study: str | os.PathLike[str] | Study,
    out: str | os.PathLike[str],
    *,
    jobs: int | None = None,
    cache: str | os.PathLike[str] | None = None,
    tile_sizes: TileSizes | None = None,
    place: Place | None = None,
    progress: ProgressCallback | None = None,
) -> SweepReport:
    """Work out a study and write the tables of its results.

    Every distinct problem, which is a layer on an accelerator under a question, is solved once,
    whatever it is called and however often it occurs, and never again as long as the cache is
    there.

    Parameters
    ----------
    study
        Path of a study file, or a study.
    out
        Folder for ``layers`` and ``networks``, as ``.parquet`` and ``.csv``.
    jobs
        Problems solved side by side; as many as there are cores by default.
    cache
        SQLite file of solved problems; by default ``points.sqlite`` beside the study file, so that
        studies in one folder share what they solve.
    tile_sizes
        ``divisors`` or ``any-outermost``, in place of what the study says.
    place
        Where problems are solved, if not in worker processes here: on a Dask cluster, or in jobs
        of SLURM; its ``jobs`` count where ``jobs`` are not given.
    progress
        Called with `Counts` whenever a task is done.

    Returns
    -------
    SweepReport
        How many points there are, and where their tables are.

    Raises
    ------
    ZigzagImcError
        In one line: what of the study, the cache or the folder is wrong.
    """
    check_polars()
    where = Place() if place is None else instance("place", place, Place, "a Place")
    if jobs is not None:
        where = replace(where, jobs=jobs)
    callback("progress", progress)
    kept = None if cache is None else checked_path("cache", cache, "the path of a file")
    asked = study_asked(study, tile_sizes)
    folder = made_folder(out)
    plan = Plan(asked)
    cases: list[Case] = []
    counts, seen = Counts(), LeftOut()
    with Store(cache_of(study, folder) if kept is None else kept) as store:
        take_leftovers(folder / JOBS_FOLDER, store)
        unsolved = _unsolved(plan, store, counts, cases, seen)
        run = work(unsolved, store, counts, where, folder, progress)
        for _ in unsolved:  # what is asked counts also where Ctrl-C left it unsolved
            pass
        unmapped = write_tables(cases, store, folder)
        write_study(asked, folder)
    return SweepReport(
        seen.arrays,
        seen.over_area,
        seen.refused,
        counts,
        run.stopped,
        folder,
        (*seen.sentences(asked.area_mm2), *unmapped.sentences()),
    )


def _unsolved(
    plan: Plan, store: Store, counts: Counts, cases: list[Case], seen: LeftOut
) -> Iterator[AnyProblem]:
    """Yield what is not solved yet, an accelerator after the other; note what is asked."""
    asked: set[bytes] = set()
    arrays = len(plan)
    for array in plan.arrays():
        seen.add(array)
        cases.extend(array.cases)
        counts.total += sum(len(case.keys) for case in array.cases)
        counts.done += sum(len(case.keys) for case in array.cases)
        new = {key: one for key, one in array.problems().items() if key not in asked}
        asked.update(new)
        known = store.known(list(new))
        limit_s = plan.study.time_limit_s
        left = [
            one for key, one in new.items() if key not in known or not known[key].answers(limit_s)
        ]
        counts.done -= len(left)
        counts.expected = round(counts.total / seen.arrays * arrays)
        yield from left


def cache_of(study: str | os.PathLike[str] | Study, otherwise: Path) -> Path:
    """Return the file of solved problems: beside the study file, else in another folder."""
    if isinstance(study, Study) or str(study) in study_names():
        return otherwise / FILE_NAME
    return Path(study).parent / FILE_NAME


def made_folder(path: str | os.PathLike[str]) -> Path:
    """Return a folder that exists and can be written.

    Raises
    ------
    OptionError
        When it cannot be made, or is a file.
    """
    shown = path_text(checked_path("out", path, "the path of a folder"))
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise OptionError(f"{shown}: cannot be made: {why}; expected a folder") from None
    return folder
