"""The search for what to keep: rounds of one model of the network and searches of single layers.

A round chooses what to keep by what is known of all cases, and searches the cases of its choice
that are not known yet. The model's optimum bounds every choice from below, and rises from round to
round; once its own choice consists of known cases, the choice is proved.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from zigzag_imc.core.budget import Budget
from zigzag_imc.core.objective import Stopped
from zigzag_imc.core.tolerances import RESOLUTION
from zigzag_imc.locality.cases import (
    Case,
    Spot,
    Way,
    case_of,
    may_relax,
    relaxed,
)
from zigzag_imc.locality.fallback import Answer, Chosen, better, plain_ways, sure_choice
from zigzag_imc.locality.floors import Floors, least_totals
from zigzag_imc.locality.knowledge import Knowledge
from zigzag_imc.locality.question import places_in, question_of, stage_of
from zigzag_imc.locality.weighing import ENERGY, FRONT, Weights
from zigzag_imc.models.locality.places import NOWHERE, Places
from zigzag_imc.models.locality.timeline import Timeline
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.runs.job import Job, Outcome
from zigzag_imc.solver.network.edp import NOTHING, Totals
from zigzag_imc.solver.network.keeping import choose_keeping
from zigzag_imc.solver.network.keeping_problem import (
    Fact,
    Keeping,
    KeepingProblem,
    Option,
    Stage,
)
from zigzag_imc.solver.solution import SearchOptions, Solution

Runner = Callable[[Sequence[Job]], tuple[list[Outcome], Stopped | None]]
"""Does jobs side by side; says what ended them early, if anything did."""


@dataclass
class Rounds:
    """Rounds of searches for the same network.

    Attributes
    ----------
    timeline
        The network on its accelerator.
    profile, options
        Cost model, and how layers are searched.
    spots
        All layers that are mapped.
    run
        What does the jobs.
    budget
        Time for everything.
    with_latency
        Whether latency will count.
    given
        What is kept, where that is no choice: layers then only have ways that agree with it.
    with_order
        Whether the order of the steps is a part of the choice.
    stopped
        What ended the searches early, if anything did.
    searches, models
        How many cases were searched, and how often the model of the network was solved.
    knowledge
        What is known of all cases.
    """

    timeline: Timeline
    profile: CostProfile
    options: SearchOptions
    spots: tuple[Spot, ...]
    run: Runner
    budget: Budget
    with_latency: bool = True
    given: Places | None = None
    with_order: bool = False
    stopped: Stopped | None = None
    searches: int = 0
    models: int = 0
    knowledge: Knowledge = field(init=False)

    def __post_init__(self) -> None:
        self.knowledge = Knowledge(self.timeline.accelerator, self.profile)
        self._floors: dict[tuple[object, ...], Floors] = {}
        self._widest: dict[tuple[object, ...], Case] = {}
        self._orders: dict[tuple[int, ...] | None, Timeline] = {None: self.timeline}
        if self.given is not None:
            placement = self.given.placement
            self.spots = tuple(spot.agreeing_with(placement) for spot in self.spots)

    def with_free_order(self) -> Rounds:
        """Return rounds of the same network whose steps may run in any order they can.

        What is known of cases stays known: they do not depend on the order.
        """
        freed = replace(self, with_order=True)
        freed.knowledge, freed._floors = self.knowledge, self._floors
        return freed

    def take_over(self, freed: Rounds) -> None:
        """Count what other rounds of the same network did, which began where these ended."""
        self.searches, self.models, self.stopped = freed.searches, freed.models, freed.stopped

    # ------------------------------------------------------------------ rounds
    def relax(self) -> None:
        """Search what every layer costs at most, with nothing kept, and what at least.

        The latter is a case that bounds the energy of all others from below.
        """
        sure = (case for spot in self.spots for _, case in self._sure_ways(spot))
        self._search({case.key: case for case in sure}.values(), ENERGY)
        cases = {}
        for spot in self.spots:
            for way in spot.ways:
                case = self._bounding_case(spot, way)
                if case is not None:
                    cases[case.key] = case
        self._search(cases.values(), ENERGY)

    def drop_unmappable(self) -> dict[str, Solution]:
        """Leave out layers that fit in no case; return what their searches say, by name."""
        lost = {}
        for spot in self.spots:
            if all(math.isinf(self._relaxed_bound(spot, way, ENERGY)) for way in spot.ways):
                solution = self._relaxed_energy(spot)
                assert solution is not None, "a search showed that nothing fits"
                lost[spot.name] = solution
        self.spots = tuple(spot for spot in self.spots if spot.name not in lost)
        return lost

    def least_totals(self) -> tuple[Totals, Totals]:
        """Lower bounds of energy and latency of the network, and a first guess of both."""
        least, guess = NOTHING, NOTHING
        for spot in self.spots:
            energy_pj = min(self._relaxed_bound(spot, way, ENERGY) for way in spot.ways)
            latency = min(self._floor(way).latency for way in spot.ways)
            least = least.plus(Totals(latency, energy_pj))
            solution = self._relaxed_energy(spot)
            known = None if solution is None else solution.cost
            guess = guess.plus(Totals(latency, energy_pj) if known is None else Totals.of(known))
        return least, guess

    def least(self, weights: Weights, known: Chosen | None = None) -> Answer:
        """Find the choice of least weighted cost.

        Where the time ends before, it is the best one whose cases are known; at first that is to
        keep nothing. One that is ``known`` is the answer, too, where no other costs less.
        """
        best = self._sure_choice(weights) if known is None else known
        bound = self._least_of_all(weights)
        while True:
            keeping = self._model(weights)
            if keeping is None:
                return Answer(best, bound, False)
            bound = max(bound, keeping.bound)
            if known is not None and bound >= best.value * (1 - RESOLUTION):
                return Answer(best, bound, True)
            ways = self._ways(keeping)
            missing = self._unknown(keeping, ways, weights)
            if not missing:
                chosen = self._chosen(keeping, ways, weights)
                best = better(best, chosen)
                return Answer(best, bound, keeping.optimal)
            if self.stopped is not None or self.budget.is_over():
                return Answer(best, bound, False)
            self._search(missing.values(), weights)
            left = self._unknown(keeping, ways, weights)
            if not left:
                best = better(best, self._chosen(keeping, ways, weights))
            elif left.keys() == missing.keys():  # their searches did not come back
                return Answer(best, bound, False)

    def _sure_choice(self, weights: Weights) -> Chosen:
        """Return the choice that has room for sure, with the best of its known mappings."""
        places = NOWHERE if self.given is None else self.given
        ways = map(self._sure_ways, self.spots)
        return sure_choice(self.timeline, places, ways, self.knowledge, weights)

    def ended_by(self, is_settled: bool) -> Stopped | None:
        """What ended the searches early, if anything did."""
        if self.stopped is None and not is_settled and self.budget.is_over():
            return "total time limit"
        return self.stopped

    def _least_of_all(self, weights: Weights) -> float:
        """Lower bound of the weighted cost of every choice, from what holds in any room."""
        return sum(
            min(self._relaxed_bound(spot, way, weights) for way in spot.ways) for spot in self.spots
        )

    def _model(self, weights: Weights) -> Keeping | None:
        """Choose what to keep by all that is known."""
        self.models += 1
        return choose_keeping(self._problem(weights), self.budget, self.options.seed)

    def _ways(self, keeping: Keeping) -> tuple[Way, ...]:
        """Way of every layer."""
        return tuple(
            spot.ways[place] for spot, place in zip(self.spots, keeping.options, strict=True)
        )

    def _unknown(
        self, keeping: Keeping, ways: Sequence[Way], weights: Weights
    ) -> dict[tuple[object, ...], Case]:
        """Cases of a choice that have to be searched; some follow from others."""
        missing = {}
        for spot, way in zip(self.spots, ways, strict=True):
            case = self._case(spot, way, self._places(keeping), self._timeline(keeping))
            if not self._is_known(case, weights) and not self.knowledge.adopt(case, weights):
                missing[case.key] = case
        return missing

    def _places(self, keeping: Keeping) -> Places:
        """Where tensors are kept, and where weights stay."""
        return places_in(self.timeline, [spot.name for spot in self.spots], keeping)

    def _timeline(self, keeping: Keeping) -> Timeline:
        """Return the steps in their order."""
        order = keeping.order
        if order not in self._orders:
            assert order is not None, "the order of the graph is known"
            self._orders[order] = self.timeline.reordered(order)
        return self._orders[order]

    def _case(self, spot: Spot, way: Way, places: Places, timeline: Timeline | None = None) -> Case:
        case = case_of(timeline or self.timeline, spot, way, places)
        assert case is not None, "the model leaves room for all that it keeps"
        return case

    def _is_known(self, case: Case, weights: Weights) -> bool:
        """Whether a case needs no further search for these weights."""
        known = self.knowledge.of(case)
        if known.is_infeasible:
            return True
        if weights.is_energy:
            return known.energy is not None
        if weights.per_pj == 0:
            return known.latency is not None
        return known.front is not None

    def _chosen(self, keeping: Keeping, ways: tuple[Way, ...], weights: Weights) -> Chosen:
        """Return a choice with the value that its best known mappings have."""
        places, timeline = self._places(keeping), self._timeline(keeping)
        cases = tuple(
            self._case(spot, way, places, timeline)
            for spot, way in zip(self.spots, ways, strict=True)
        )
        values = (self.knowledge.of(case).best_known(weights) for case in cases)
        return Chosen(timeline, places, ways, cases, sum(values))

    def seek_fronts(self, cases: Iterable[Case]) -> None:
        """Search the energy-latency fronts of some cases that are not known yet."""
        self._search({case.key: case for case in cases}.values(), FRONT)

    # ------------------------------------------------------------------ the model
    def _problem(self, weights: Weights) -> KeepingProblem:
        stages = [self._stage(spot, weights) for spot in self.spots]
        return question_of(self.timeline, stages, self.given, self.with_order)

    def _sure_ways(self, spot: Spot) -> Iterator[tuple[Way, Case]]:
        """Yield ways to run a layer that surely have room: nothing is kept, or what is given."""
        if self.given is None:
            yield from plain_ways(spot)
        else:
            for way in spot.ways:
                yield way, self._case(spot, way, self.given)

    def _stage(self, spot: Spot, weights: Weights) -> Stage:
        options = tuple(
            Option(
                way.keeps,
                way.extra_bits,
                self._facts(spot, way, weights),
                is_last_resort=way.pattern.finished,
            )
            for way in spot.ways
        )
        return stage_of(self.timeline, spot.name, options)

    def _facts(self, spot: Spot, way: Way, weights: Weights) -> tuple[Fact, ...]:
        """All that is known of a way, and what the relaxed case says of it in any room."""
        always = Fact(self._relaxed_bound(spot, way, weights))
        floors = self._floors_of(way)
        cells = self.timeline.accelerator.cells.name
        shares = (
            Fact(weights.of(energy_pj, floors.totals.latency), ((cells, 0.0, float(bits)),))
            for bits, energy_pj in floors.with_share
        )
        return (always, *shares, *self.knowledge.facts(way, weights, floors.totals.latency))

    def _relaxed_bound(self, spot: Spot, way: Way, weights: Weights) -> float:
        """Lower bound of the cost of a way in any room."""
        energy_pj = 0.0
        case = self._bounding_case(spot, way)
        if case is not None:
            known = self.knowledge.of(case)
            if known.is_infeasible:
                return math.inf
            energy_pj = known.least_energy_pj
        floor = self._floor(way)
        return weights.of(max(energy_pj, floor.energy_pj), floor.latency)

    def _bounding_case(self, spot: Spot, way: Way) -> Case | None:
        """Case whose energy bounds that of a way in any room it may find; ``None`` without one.

        Where it is given what is kept, a way finds one room only: its own.
        """
        if self.given is not None:
            return self._case(spot, way, self.given)
        if not may_relax(way.pattern.constraints):
            return None
        key = (spot.name, way.pattern.key)
        if key not in self._widest:
            self._widest[key] = relaxed(way.pattern, self.timeline, spot.ways)
        return self._widest[key]

    def _relaxed_energy(self, spot: Spot) -> Solution | None:
        """Least energy of the bounding case of a layer's first way, as far as it was searched."""
        case = self._bounding_case(spot, spot.ways[0])
        return None if case is None else self.knowledge.of(case).energy

    def _floor(self, way: Way) -> Totals:
        """What a way costs at least in any room."""
        return self._floors_of(way).totals

    def _floors_of(self, way: Way) -> Floors:
        """What a way costs at least."""
        key = way.pattern.key
        if key not in self._floors:
            self._floors[key] = least_totals(
                way.pattern,
                self.timeline.accelerator,
                self.profile,
                self.options.space,
                self.with_latency,
            )
        return self._floors[key]

    # ------------------------------------------------------------------ searches
    def _search(self, cases: Iterable[Case], weights: Weights) -> None:
        """Search cases, and keep what is found."""
        asked = [case for case in cases if not self._is_known(case, weights)]
        if not weights.is_energy:
            self._search_fit(asked)
            asked = [case for case in asked if not self.knowledge.of(case).is_infeasible]
        jobs = [self._job(case, weights) for case in asked]
        self.searches += len(jobs)
        outcomes, stopped = self.run(jobs)
        self.stopped = self.stopped or stopped
        for case, outcome in zip(asked, outcomes, strict=True):
            self.knowledge.learn(case, outcome)

    def _search_fit(self, cases: Iterable[Case]) -> None:
        """Search the least energy of cases that may not fit, unless it is known.

        Where nothing fits, a search that minds latency takes some hundred times as long to tell so.
        """
        unsure = [case for case in cases if case.situation.rooms]
        unknown = [case for case in unsure if not self.knowledge.adopt(case, ENERGY)]
        if any(not self._is_known(case, ENERGY) for case in unknown):
            self._search(unknown, ENERGY)

    def _job(self, case: Case, weights: Weights) -> Job:
        """Ask for what the weights need: an optimum, or a front."""
        whole = self.timeline.accelerator
        space = replace(self.options.space, constraints=case.constraints(whole))
        wants_front = weights.per_pj > 0 and weights.per_cycle > 0
        return Job(
            case.pattern.layer,
            case.accelerator(whole),
            self.profile,
            "latency" if weights.per_pj == 0 else "energy",
            replace(self.options, space=space),
            optimum=not wants_front,
            front=wants_front,
        )
