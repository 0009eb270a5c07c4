"""An exploration as text, and its progress."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console

from zigzag_imc.report.terminal.console import print_line, print_section
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.report.terminal.sweep_progress import points_bar
from zigzag_imc.results.units import ENERGY, TIME, counted, figure, with_unit
from zigzag_imc.sweep.explore.record import Exploration, PointResult
from zigzag_imc.sweep.explore.search import ExploreCounts

_ABOUT_NETWORKS = (
    "{} networks, one after the other: energy and delay are sums over them, EDP is the product of "
    "these two sums"
)


@contextmanager
def explore_progress(quiet: bool) -> Iterator[Callable[[ExploreCounts], None] | None]:
    """Show a bar on a terminal: points that are settled, and how far the bound is from the best."""
    console = Console(stderr=True, highlight=False, emoji=False)
    if quiet or not console.is_terminal:
        yield None
        return
    bar = points_bar(console)
    with bar:
        task = bar.add_task("building", total=None)

        def show(counts: ExploreCounts) -> None:
            settled = counts.discarded + counts.solved
            said = f"{counts.solved} solved, {counts.layers} layers"
            if math.isfinite(counts.best):
                said += f", bound at {100 * counts.bound / counts.best:.1f} % of the best"
            bar.update(task, total=counts.points, completed=settled, description=said)

        yield show


def print_exploration(found: Exploration, console: Console) -> None:
    """Print what was found and how."""
    if found.best is None:
        print_line(f"no accelerator: {_why_none(found)}", console)
    else:
        proved = "proved" if found.proved else "not proved"
        print_line(
            f"{found.best.accelerator} ({found.objective}, {proved})", console, head="best: "
        )
        if found.tile_sizes == "any-outermost":
            print_line("among mappings whose last tiles may be shorter", console)
        if len(found.networks) > 1:
            print_line(_ABOUT_NETWORKS.format(len(found.networks)), console)
        console.print()
        _print_points([one for one in (found.best, found.runner_up) if one is not None], console)
        console.print()
        for sentence in found.why:
            print_line(sentence, console)
    print_section("how it was found", console)
    _print_counts(found, console)
    if found.front and (found.front_proved or len(found.front) > 1):
        proved = "proved" if found.front_proved else "of the solved ones; --front proves it"
        print_section(f"front over energy, delay and area ({proved})", console)
        _print_points(found.front, console)


def _why_none(found: Exploration) -> str:
    """Say why there is no best accelerator."""
    left_out = _left_out(found)
    if found.open:
        return "the search was stopped before one was solved"
    if not found.points:
        return f"of {counted(found.combinations, 'combination')}{left_out}"
    if found.unfit == found.points:
        return f"none maps all layers{left_out}"
    return f"none that maps all layers keeps the energy limit{left_out}"


def _left_out(found: Exploration) -> str:
    """Count the combinations that are no points, by why."""
    left_out = {
        "over the area": found.over_area,
        "that cannot be built": found.refused,
    }
    return "".join(f", {count:,} {why}" for why, count in left_out.items() if count)


def _print_points(points: Sequence[PointResult], console: Console) -> None:
    rows = Listing(
        (
            Column("accelerator"),
            Column("energy", numbers=True),
            Column("delay", numbers=True),
            Column("EDP (J s)", numbers=True),
            Column("TOPS/W", numbers=True),
            Column("TOPS/mm2", numbers=True),
            Column("area (mm2)", numbers=True),
        )
    )
    for one in points:
        rows.add(
            one.accelerator,
            with_unit(one.energy_pj, ENERGY),
            with_unit(one.delay_ns, TIME),
            f"{one.edp_js:.4g}",
            figure(one.tops_per_w),
            figure(one.tops_per_mm2),
            figure(one.area_mm2),
        )
    rows.print(console)


def _print_counts(found: Exploration, console: Console) -> None:
    print_line(f"{counted(found.combinations, 'combination')}{_left_out(found)}", console)
    print_line(f"{counted(found.points, 'point')} that count, of them", console)
    told = {f"discarded by {name}": count for name, count in found.pruned.items()}
    told |= {
        "without a mapping of some layer": found.unfit,
        "solved whole": found.solved,
        "left open": found.open,
    }
    for name, count in told.items():
        if count or name == "solved whole":
            share = f" ({100 * count / found.points:.1f} %)" if found.points else ""
            print_line(f"  {count:,} {name}{share}", console)
    if found.unfit_reason is not None:
        print_line(f"no mapping, for example: {found.unfit_reason}", console)
    cached = " (all from the cache)" if found.solved and not found.layers_solved else ""
    solved = f"{counted(found.layers_solved, 'layer')} solved{cached}"
    print_line(f"{solved}, {found.seconds:.1f} s", console)
