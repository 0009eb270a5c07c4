"""Networks that some accelerator cannot run: a row of the table, but nobody looks there first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass
class Unmapped:
    """Rows of networks that are met one after the other, and those of which a layer fits nowhere.

    Attributes
    ----------
    networks
        How many networks, each on an accelerator under a question, have such a layer.
    first
        The first of them, on what, and why.
    """

    networks: int = 0
    first: str | None = None

    def add(self, row: Mapping[str, Any]) -> None:
        """Take the next row of the table of networks."""
        if row["status"] != "INFEASIBLE":
            return
        self.networks += 1
        if self.first is None:
            self.first = f"{row['network']} on {row['accelerator']}: {row['reason']}"

    def sentences(self) -> Iterator[str]:
        """Yield what whoever asked the study has to know: a line, or none."""
        if self.first is None:
            return
        more = f" ({self.networks - 1} more, which results shows)" if self.networks > 1 else ""
        yield f"not mapped: {self.first}{more}"
