"""An independent checker.

Scores every mapping of a result again from the result alone, without the solver.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from zigzag_imc.checking.layer_checks import layer_problems
from zigzag_imc.checking.locality_checks import locality_problems
from zigzag_imc.checking.report import Report
from zigzag_imc.checking.whole_checks import whole_problems
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.arguments import flag
from zigzag_imc.core.errors import ZigzagImcError
from zigzag_imc.core.tolerances import same
from zigzag_imc.models.hardware.files import accelerator_digest, accelerator_from_dict
from zigzag_imc.models.mapspace.enumeration import optimum_if_small
from zigzag_imc.models.profile import CostProfile, profile_named
from zigzag_imc.results.differences import differences
from zigzag_imc.results.reading import read_result
from zigzag_imc.results.records import hardware_record
from zigzag_imc.results.result import LayerResult, NetworkResult
from zigzag_imc.results.totals import totals_of


def verify_result(
    result: str | os.PathLike[str] | NetworkResult, *, exhaustive: bool = False
) -> Report:
    """Check everything a result says, from its contents alone.

    Layers and accelerator are rebuilt from the result; every mapping, points of fronts included,
    must be legal and cost what the result says in every term; bounds, gaps and statuses must agree
    with the values; totals must add up. Totals are only checked where all layers hold: the sum of
    wrong values is wrong, too, and says nothing of its own.

    Parameters
    ----------
    result
        What to check: a result, or the path of its file.
    exhaustive
        Also prove the optima of small mapspaces again, by enumeration.

    Returns
    -------
    Report
        Its ``holds`` tells whether all of it holds, its ``problems`` what does not.

    Raises
    ------
    ResultError
        When the file is not a result.
    OptionError
        When it is neither a result nor a path.
    """
    flag("exhaustive", exhaustive)
    if not isinstance(result, NetworkResult):
        result = read_result(result)
    proofs = sum(layer.status == "OPTIMAL" for layer in result.layers)
    try:
        accelerator = accelerator_from_dict(
            result.accelerator.description, "accelerator.description"
        )
        profile = profile_named(result.cost_model)
    except ZigzagImcError as error:
        return Report((str(error),), len(result.layers), 0, 0, proofs, totals_checked=False)
    layers = _Layers.of(result, accelerator, profile, exhaustive)
    problems = [*_accelerator_problems(result, accelerator), *layers.problems]
    problems += _name_problems(result)
    problems += whole_problems(result.layers)
    problems += locality_problems(result, accelerator)
    if not layers.problems:
        problems += _totals_problems(result, accelerator, profile)
    return Report(
        problems=tuple(problems),
        layers=len(result.layers),
        mappings=sum(layer.spatial is not None for layer in result.layers),
        pareto_points=sum(len(layer.pareto or ()) for layer in result.layers),
        proofs=proofs,
        reproved=layers.reproved,
        totals_checked=not layers.problems,
    )


@dataclass(frozen=True, slots=True)
class _Layers:
    """What does not hold of the layers, and how many optima are proved again."""

    problems: tuple[str, ...]
    reproved: int

    @classmethod
    def of(
        cls,
        result: NetworkResult,
        accelerator: Accelerator,
        profile: CostProfile,
        exhaustive: bool,
    ) -> _Layers:
        """Check all layers, one after the other."""
        problems: list[str] = []
        reproved = 0
        for record in result.layers:
            found = list(layer_problems(record, result, accelerator, profile))
            if exhaustive and not found and record.status == "OPTIMAL":
                optimum = _enumerated(record, accelerator, profile)
                found = list(_disproof(record, optimum))
                reproved += optimum is not None and not found
            problems += [f"layer {record.name!r}: {problem}" for problem in found]
        return cls(tuple(problems), reproved)


def _enumerated(
    record: LayerResult, accelerator: Accelerator, profile: CostProfile
) -> float | None:
    """Least objective of a layer by enumeration; ``None`` where its mapspace is too large.

    So it is for a layer whose objective is that of the network.
    """
    if record.objective == "network_edp":
        return None
    layer, space = record.layer(), record.space()
    accelerator = record.found_by(accelerator)
    return optimum_if_small(layer, accelerator, profile, record.objective, space)


def _disproof(record: LayerResult, optimum: float | None) -> Iterator[str]:
    """Yield what is wrong about an optimum, where enumeration finds another."""
    value = record.objective_value
    if optimum is None or (value is not None and same(value, optimum)):
        return
    yield f"status is OPTIMAL with objective_value {value!r}, enumeration finds {optimum!r}"


def _accelerator_problems(result: NetworkResult, accelerator: Accelerator) -> Iterator[str]:
    if result.accelerator.name != accelerator.name:
        yield (
            f"accelerator.name is {result.accelerator.name!r}, its description says "
            f"{accelerator.name!r}"
        )
    digest = accelerator_digest(accelerator)
    if result.accelerator.digest != digest:
        yield (
            f"accelerator.digest is {result.accelerator.digest}, that of the description "
            f"is {digest}"
        )


def _name_problems(result: NetworkResult) -> Iterator[str]:
    names = [name for layer in result.layers for name in layer.names]
    if len(set(names)) != len(names):
        yield f"layers: {next(name for name in names if names.count(name) > 1)!r} occurs twice"


def _totals_problems(
    result: NetworkResult, accelerator: Accelerator, profile: CostProfile
) -> Iterator[str]:
    totals = totals_of(result.layers, accelerator, result.totals.seconds, profile, result.locality)
    expected = {key: getattr(totals, key) for key in type(totals).model_fields}
    yield from differences(result.totals, expected, "totals.")
    yield from differences(result, {"hardware": hardware_record(accelerator, profile)}, "")
    for layer in result.layers:
        if layer.objective == "network_edp" and not _is_of_whole(layer, totals.edp):
            yield (
                f"layer {layer.name!r}: objective_value is {layer.objective_value!r}, the "
                f"network's is {totals.edp!r}"
            )


def _is_of_whole(layer: LayerResult, edp: float | None) -> bool:
    """Whether the value of a layer mapped together with others is that of the network."""
    value = layer.objective_value
    return value is None or (edp is not None and same(value, edp))
