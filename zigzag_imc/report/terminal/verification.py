"""Checks and second proofs as a record for machines, and the table of the proofs for people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from zigzag_imc.core.paths import path_text
from zigzag_imc.report.terminal.console import print_line
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.results.records import mapping_fields
from zigzag_imc.results.verification import VERIFICATION_ID, ProofRecord, VerificationResult

if TYPE_CHECKING:
    from zigzag_imc.checking.proofs import Proof, ProofReport
    from zigzag_imc.checking.report import Report

_OUTCOMES = {"proved": "green", "not proved": "yellow", "refuted": "red"}


def verification_of(
    path: str, checks: Report, proved: ProofReport | None = None
) -> VerificationResult:
    """Return the record of checks, and of the proofs that came with them."""
    return VerificationResult(
        schema=VERIFICATION_ID,
        result=path_text(path),
        holds=checks.holds if proved is None else proved.holds,
        problems=checks.problems,
        layers=checks.layers,
        mappings=checks.mappings,
        pareto_points=checks.pareto_points,
        optima=checks.proofs,
        enumerated=checks.reproved,
        proofs=None if proved is None else tuple(_record(proof) for proof in proved.proofs),
        stopped=None if proved is None else proved.stopped,
    )


def print_proofs(report: ProofReport, console: Console) -> None:
    """Print what was proved again and how, then why the rest was not."""
    proofs = report.proofs
    if not proofs:
        console.print("No claims to prove again: nothing was searched, or no bound was worked out.")
        return
    rows = Listing(
        (
            Column("layer", names=True),
            Column("claim"),
            Column("by", rank=1),
            Column("mappings", numbers=True, rank=1),
            Column("again"),
            Column("s", numbers=True, rank=1),
        )
    )
    for proof in proofs:
        rows.add(
            proof.layer,
            proof.claim,
            proof.method,
            f"{proof.mappings:,}",
            Text(proof.outcome, style=_OUTCOMES[proof.outcome]),
            f"{proof.seconds:.2f}",
        )
    rows.print(console)
    for proof in proofs:
        if proof.outcome != "proved":
            print_line(f"{proof.outcome}: {proof.layer}: {proof.reason}", console)
    done = sum(proof.outcome == "proved" for proof in proofs)
    print_line(f"{done} of {len(proofs)} claims proved again", console)


def _record(proof: Proof) -> ProofRecord:
    return ProofRecord(
        layer=proof.layer,
        claim=proof.claim,
        objective=proof.objective,
        floor=None if proof.floor is None or math.isinf(proof.floor) else proof.floor,
        points=proof.points if proof.objective == "front" else None,
        method=proof.method,
        outcome=proof.outcome,
        reason=proof.reason,
        mappings=proof.mappings,
        seconds=proof.seconds,
        value=proof.cheaper_value,
        **(mapping_fields(proof.cheaper) if proof.cheaper is not None else {}),
    )
