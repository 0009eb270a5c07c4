"""Where the latency model is above or below what happens when a mapping is played.

Run from the project's folder: ``PYTHONPATH=. python benchmarks/replay_study.py``. It plays
thousands of random small mappings, and the fastest ones of some networks, and writes the tables of
docs/replay.md between their marks.
"""

from __future__ import annotations

import argparse
import re
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.replaying.drawing import to_play
from tests.solver.small_cases import Case
from tests.spaces import DIVIDING
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.library.mapping import map_network
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.hardware.files import load_accelerator
from zigzag_imc.models.mapspace.capacity import held_bits
from zigzag_imc.models.profile import PROFILES
from zigzag_imc.replaying.play import Replay, play

PAGE = Path(__file__).parents[1] / "docs" / "replay.md"
KINDS = {"small": 1.0, "stalling": 0.5, "corner": 0.5, "bits": 0.5}
"""Kinds of small cases, and how many seeds of each in relation to the first."""
MAPPINGS = 6
"""Mappings of a case that are played."""
NETWORKS = ("resnet8", "ds_cnn", "mobilenetv2")
MOST_STEPS = 40_000


@dataclass(frozen=True)
class Compared:
    """A mapping played, beside its latency by the model.

    Attributes
    ----------
    name
        Of the layer, or of what was drawn.
    kind
        Kind of case, or the accelerator.
    profile
        Profile of the model.
    replay, cost
        What was played, and what the model says.
    causes
        What the mapping has of the things that `CAUSES` name.
    otherwise
        Cycles by the model if it counted some things as the reference does, by what they are.
    """

    name: str
    kind: str
    profile: str
    replay: Replay
    cost: Cost
    causes: frozenset[str]
    otherwise: Mapping[str, float]

    @property
    def ratio(self) -> float:
        """Cycles of the replay over those of the model."""
        return self.replay.cycles / self.cost.latency_cycles


# ---------------------------------------------------------------- causes
def has_empty_lanes(layer: Layer, mapping: LayerMapping, _: Replay) -> bool:
    """Whether an unrolling does not divide its loop."""
    factors = mapping.spatial.factors
    return any(size % factors.get(dim, 1) for dim, size in layer.loop_dims)


def brings_sums_back(_: Layer, __: LayerMapping, replay: Replay) -> bool:
    """Whether partial sums leave a memory and come back."""
    return any(
        moved.way.operand == "O" and moved.way.boundary and not moved.way.is_up
        for moved in replay.transfers or ()
    )


def has_slow_edges(_: Layer, __: LayerMapping, replay: Replay) -> bool:
    """Whether the array reads or writes for several cycles."""
    return any(not moved.way.boundary and moved.own > 1 for moved in replay.transfers or ())


CAUSES: dict[str, Callable[[Layer, LayerMapping, Replay], bool]] = {
    "an unrolling does not divide": has_empty_lanes,
    "partial sums leave and come back": brings_sums_back,
    "reads or writes of the array take several cycles": has_slow_edges,
}
ONE_TILE = "what is loaded again has room for one tile only"
SEVERAL = "several ports stall in the model"
NONE = "none of these"


def has_room_for_one(model: CostModel, mapping: LayerMapping, replay: Replay) -> bool:
    """Whether some memory receives several tiles of an operand and has no room for two."""
    again = {
        (moved.way.operand, moved.way.boundary)
        for moved in replay.transfers or ()
        if moved.way.boundary and moved.visit
    }
    held = held_bits(model.layer, model.accelerator, mapping)
    levels = model.accelerator.levels
    memories = model.accelerator.memories
    return any(
        sum(held[place].values()) + held[place][operand] > memories[place].size_bits
        for operand, boundary in again
        for place in [levels[operand][boundary - 1]]
    )


OTHERWISE: dict[str, Mapping[str, bool]] = {
    "… with ways back on first visits, too": {"first_visit_readback": True},
    "… with loads hidden until the end": {"late_loads": True},
    "… with both": {"first_visit_readback": True, "late_loads": True},
}
"""Options with which the model counts as the reference does, not as it happens."""
BOTH = list(OTHERWISE)[-1]


# ---------------------------------------------------------------- playing
def compare(name: str, kind: str, model: CostModel, mapping: LayerMapping) -> Compared:
    """Play one mapping and look for what may set it apart."""
    cost = model.evaluate(mapping)
    replay = play(model.layer, model.hardware, mapping, model.profile, keep=True)
    causes = {name for name, holds in CAUSES.items() if holds(model.layer, mapping, replay)}
    if has_room_for_one(model, mapping, replay):
        causes.add(ONE_TILE)
    if sum(stall.cycles > 0 for stall in cost.port_stalls) > 1:
        causes.add(SEVERAL)
    otherwise = {
        name: _counted_with(model, options).evaluate(mapping).latency_cycles
        for name, options in OTHERWISE.items()
    }
    return Compared(
        name, kind, model.profile.name, replay, cost, frozenset(causes or {NONE}), otherwise
    )


def _counted_with(model: CostModel, options: Mapping[str, Any]) -> CostModel:
    """Return the same model with some options of its profile set."""
    return CostModel(model.layer, model.hardware, replace(model.profile, **options))


def small(cases: int, profile: str) -> list[Compared]:
    """Play random mappings of random small cases."""
    return [
        compare(_told(drawn), kind, _model(drawn), mapping)
        for kind, share in KINDS.items()
        for drawn, mapping in to_play(kind, range(int(cases * share)), profile, MAPPINGS)
    ]


def networks() -> list[Compared]:
    """Play the fastest mappings of all distinct layers of some networks on both presets."""
    found = []
    for preset in ("aimc", "dimc"):
        accelerator = load_accelerator(preset)
        for network in NETWORKS:
            found_best = map_network(
                network, accelerator, objective="latency", jobs=1, space=DIVIDING
            )
            for record in found_best.layers:
                mapping = record.mapping()
                model = CostModel(record.layer(), accelerator, PROFILES["imc"])
                if mapping and model.spread(mapping.spatial).steps <= MOST_STEPS:
                    found.append(compare(f"{network}: {record.name}", preset, model, mapping))
    return found


def _model(drawn: Case) -> CostModel:
    return CostModel(drawn.layer, drawn.accelerator, drawn.profile)


def _told(drawn: Case) -> str:
    return f"seed {drawn.seed}"


# ---------------------------------------------------------------- tables
def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table; all columns but the first are numbers."""
    lines = ["| " + " | ".join(header) + " |"]
    lines.append("| --- |" + " --: |" * (len(header) - 1))
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


SPREAD = ("mappings", "equal", "slower", "faster", "fastest", "5 %", "median", "95 %", "slowest")


def spread(found: Sequence[Compared], ratios: Sequence[float] | None = None) -> list[str]:
    """How the replay compares with the model, as cells under `SPREAD`."""
    if not found:
        return ["0", *["-"] * (len(SPREAD) - 1)]
    ordered = sorted(ratios or [one.ratio for one in found])
    count = len(ordered)
    equal = sum(abs(ratio - 1) < 1e-9 for ratio in ordered)
    slower = sum(ratio > 1 + 1e-9 for ratio in ordered)
    shares = [equal, slower, count - equal - slower]
    points = [
        ordered[0],
        ordered[count // 20],
        statistics.median(ordered),
        ordered[-1 - count // 20],
        ordered[-1],
    ]
    return [
        str(count),
        *(f"{share / count:.0%}" for share in shares),
        *(f"{point:.3f}" for point in points),
    ]


def by_kind(found: Sequence[Compared]) -> str:
    """Compare under each profile, and by kind of case."""
    rows = []
    for profile in dict.fromkeys(one.profile for one in found):
        of = [one for one in found if one.profile == profile]
        rows.append([f"`{profile}`: all", *spread(of)])
        for kind in dict.fromkeys(one.kind for one in of):
            rows.append([f"`{profile}`: {kind}", *spread([o for o in of if o.kind == kind])])
    return table(("", *SPREAD), rows)


def by_part(found: Sequence[Compared]) -> str:
    """Compare part by part: replay less model, in shares of the model's latency."""
    rows = []
    for name in ("onloading", "stall", "offloading"):
        shares = sorted(
            (getattr(one.replay, name) - getattr(one.cost, f"{name}_cycles"))
            / one.cost.latency_cycles
            for one in found
        )
        count = len(shares)
        points = [shares[0], shares[count // 20], statistics.median(shares)]
        points += [shares[-1 - count // 20], shares[-1]]
        rows.append([name, *(f"{point:+.1%}" for point in points)])
    return table(("replay - model", "least", "5 %", "median", "95 %", "most"), rows)


def by_cause(found: Sequence[Compared]) -> str:
    """Compare the mappings that have something with those that do not."""
    rows = []
    for cause in (*CAUSES, ONE_TILE, SEVERAL):
        rows.append([cause, *spread([one for one in found if cause in one.causes])])
        rows.append(["… not", *spread([one for one in found if cause not in one.causes])])
    rows.append([NONE, *spread([one for one in found if NONE in one.causes])])
    return table(("mappings of which", *SPREAD), rows)


def by_option(found: Sequence[Compared]) -> str:
    """Compare with the model if it counted some things as the reference does."""
    back = [one for one in found if "partial sums leave and come back" in one.causes]
    rows = []
    for name, of in (("all", found), ("partial sums leave and come back", back)):
        rows.append([name, *spread(of)])
        for option in OTHERWISE:
            ratios = [one.replay.cycles / one.otherwise[option] for one in of]
            rows.append([option, *spread(of, ratios)])
    return table(("", *SPREAD), rows)


def by_stall(found: Sequence[Compared]) -> str:
    """What the array does in mappings of which the model says that no port stalls."""
    rows = []
    for profile in dict.fromkeys(one.profile for one in found):
        of = [
            one
            for one in found
            if one.profile == profile and all(s.cycles <= 0 for s in one.cost.port_stalls)
        ]
        never = sum(one.replay.stall == 0 for one in of)
        rest = [one.replay.stall / one.replay.compute for one in of if one.replay.stall]
        worst = f"{max(rest):.1%}" if rest else "-"
        rows.append([f"`{profile}`", str(len(of)), f"{never / len(of):.0%}", worst])
    return table(("profile", "mappings", "never wait", "most waits, of computing"), rows)


def of_networks(found: Sequence[Compared]) -> str:
    """Every layer that differs by more than three hundredths, and all together."""
    far = [one for one in found if abs(one.ratio - 1) > 0.03]
    rows = [
        _layer_row(
            f"{one.kind}, {one.name}",
            one.replay.cycles,
            one.cost.latency_cycles,
            one.otherwise[BOTH],
        )
        for one in sorted(far, key=lambda one: -one.ratio)
    ]
    rows.append(
        _layer_row(
            f"all {len(found)} layers",
            sum(one.replay.cycles for one in found),
            sum(one.cost.latency_cycles for one in found),
            sum(one.otherwise[BOTH] for one in found),
        )
    )
    header = ("layer", "replay (cycles)", "model (cycles)", "replay / model", "otherwise")
    return table(header, rows)


def _layer_row(name: str, replay: int, model: float, otherwise: float) -> list[str]:
    ratios = replay / model, replay / otherwise
    return [name, f"{replay:,}", f"{model:,.0f}", *(f"{ratio:.3f}" for ratio in ratios)]


def written(page: str, tables: dict[str, str]) -> str:
    """Put tables between their marks in a page."""
    for name, text in tables.items():
        mark = re.compile(rf"(<!-- BEGIN table: {name} -->\n).*?(\n<!-- END table -->)", re.DOTALL)
        found = list(mark.finditer(page))
        if len(found) != 1:
            raise ValueError(f"{name}: found {len(found)} marks in the page, expected 1")
        (only,) = found
        page = f"{page[: only.start()]}{only[1]}\n{text}\n{only[2]}{page[only.end() :]}"
    return page


def main() -> None:
    """Play everything and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=400, help="seeds of the first kind of case")
    parser.add_argument("--only", choices=("small", "networks"), help="half of the tables")
    given = parser.parse_args()
    tables: dict[str, str] = {}
    if given.only != "networks":
        tables |= _small_tables(small(given.cases, "imc"), small(given.cases, "zigzag"))
    if given.only != "small":
        tables["networks"] = of_networks(networks())
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")


def _small_tables(imc: Sequence[Compared], zigzag: Sequence[Compared]) -> dict[str, str]:
    return {
        "kinds": by_kind([*imc, *zigzag]),
        "parts": by_part(imc),
        "causes": by_cause(imc),
        "options": by_option(imc),
        "no stalls": by_stall([*imc, *zigzag]),
    }


if __name__ == "__main__":
    main()
