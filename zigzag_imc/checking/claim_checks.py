"""Checks of what a layer claims: value, bound, gap, status and certificate, against each other."""

from __future__ import annotations

from collections.abc import Iterator

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.tolerances import COARSEST, TOLERANCE, below, same
from zigzag_imc.models.mapspace.counting import mapspace_size
from zigzag_imc.models.mapspace.spatial_space import SpatialSpace
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.results.differences import differences
from zigzag_imc.results.parts import CertificateRecord, LastWordRecord, TieRecord
from zigzag_imc.results.result import LayerResult
from zigzag_imc.results.totals import relative_gap


def claim_problems(record: LayerResult) -> Iterator[str]:
    """Yield where value, bound, gap and status of a mapped layer do not agree."""
    value, bound = record.objective_value, record.bound
    if value is None:
        yield f"status is {record.status}, but there is no objective_value"
        return
    own = _objective_of_mapping(record)
    if own is not None and not same(value, own):
        yield f"objective_value is {value!r}, the {record.objective} of the mapping is {own!r}"
    if bound is not None and below(value, bound):
        yield f"bound {bound!r} is above objective_value {value!r}"
    gap = relative_gap(value, bound)
    if not _is_gap(record.gap, gap):
        yield f"gap is {record.gap!r}, value and bound make it {gap!r}"
    if record.status == "OPTIMAL":
        yield from _optimality_problems(record, gap)
    if record.tie is not None:
        yield from _tie_problems(record, record.tie)


def certificate_problems(
    record: LayerResult, layer: Layer, accelerator: Accelerator, profile: CostProfile
) -> Iterator[str]:
    """Yield where a certificate does not count the mapspace as it is."""
    if record.certificate is None:
        return
    if record.certificate.last_word is not None:
        yield from _last_word_problems(record.certificate, record.certificate.last_word)
    if record.certificate.spatial_mappings is None and _may_list_none(record, record.certificate):
        return
    space = record.space()
    listed = [
        (one, SpatialSpace.of(one, accelerator, profile, space)) for one in layer.alternatives
    ]
    counts: dict[str, int] = {
        "spatial_mappings": sum(len(spatials) for _, spatials in listed),
        "mapspace_size": sum(
            mapspace_size(one, accelerator, profile, space, spatials) for one, spatials in listed
        ),
    }
    yield from differences(record.certificate, counts, "certificate.")


def _may_list_none(record: LayerResult, certificate: CertificateRecord) -> bool:
    """Whether a search need not list spatial mappings: stopped, ruled out before, or the joint one.

    The joint model proves without a list.
    """
    return record.status != "OPTIMAL" or certificate.method == "cp-sat"


def _last_word_problems(certificate: CertificateRecord, last_word: LastWordRecord) -> Iterator[str]:
    """Yield where what presolve left and what CP-SAT did with it do not agree."""
    where = "certificate.last_word"
    left, mappings = last_word.left_spatial_mappings, last_word.left_mappings
    expected = LastWordRecord.of(
        (left, mappings), last_word.by_tiles, last_word.models, certificate.mapspace_size
    )
    yield from differences(last_word, dict(expected), f"{where}.")
    counts = (
        ("left_spatial_mappings", left, certificate.spatial_mappings),
        ("left_mappings", mappings, certificate.mapspace_size),
    )
    for name, part, whole in counts:
        if whole is not None and part > whole:
            yield f"{where}.{name} is {part}, of {whole} in all"
    least = 1 + bool(last_word.by_tiles)
    if last_word.models < least:
        yield f"{where}.models is {last_word.models}, but what is left takes at least {least}"


def _tie_problems(record: LayerResult, tie: TieRecord) -> Iterator[str]:
    """Yield where what decided between mappings does not agree with the mapping."""
    own = record.latency_cycles if tie.objective == "latency" else record.energy_pj
    if own is not None and not same(tie.value, own):
        yield f"tie.value is {tie.value!r}, the {tie.objective} of the mapping is {own!r}"
    if below(tie.value, tie.bound):
        yield f"tie.bound {tie.bound!r} is above tie.value {tie.value!r}"
    gap = relative_gap(tie.value, tie.bound)
    if not _is_gap(tie.gap, gap):
        yield f"tie.gap is {tie.gap!r}, value and bound make it {gap!r}"


def _objective_of_mapping(record: LayerResult) -> float | None:
    """Objective that the costs of the layer make; ``None`` where it is that of the network."""
    values = {"energy": record.energy_pj, "latency": record.latency_cycles, "edp": record.edp}
    return values.get(record.objective)


def _is_gap(stated: float | None, gap: float | None) -> bool:
    if stated is None or gap is None:
        return stated is None and gap is None
    return abs(gap - stated) <= TOLERANCE


def _optimality_problems(record: LayerResult, gap: float | None) -> Iterator[str]:
    """An optimum has a certificate, and a bound as close as its resolution."""
    if record.certificate is None:
        yield "status is OPTIMAL, but there is no certificate"
        return
    resolution = record.certificate.resolution
    is_reached = gap is not None and gap <= resolution <= COARSEST
    if not is_reached:
        yield (
            f"status is OPTIMAL, but bound {record.bound!r} does not reach "
            f"objective_value {record.objective_value!r}"
        )
