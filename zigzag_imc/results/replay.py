"""What ``zigzag-imc replay`` says about a mapping, as records that machines read."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from zigzag_imc.results.parts import LatencyRecord, Operand, Record

REPLAY_ID: Literal["zigzag-imc/replay/1"] = "zigzag-imc/replay/1"
"""Value of ``schema`` in every replay."""


class WaitRecord(Record):
    """Waits of the array that are put down to the same.

    Attributes
    ----------
    operand, direction
        Whose data was waited for, and whether it was on its way down or up.
    memory, port
        The port through which it came last; ``rows`` is what writes the rows of the cells.
    why
        ``transfer``: the data was on its way all the time, so a wider port would help. ``port``:
        the port served others first. ``room``: the memory was full of what was still wanted.
    first_cycle
        When the first of these waits begins.
    times, cycles
        How many there are, and clock cycles of all of them.
    """

    operand: Operand
    direction: Literal["down", "up"]
    memory: str
    port: str
    why: Literal["transfer", "port", "room"]
    first_cycle: NonNegativeInt
    times: PositiveInt
    cycles: PositiveInt


class PortRecord(Record):
    """How busy a port is, of the instance of its memory that has the most to do.

    Attributes
    ----------
    memory, port
        Where.
    busy_cycles, share
        Clock cycles in which it moves a word, and their share of all.
    """

    memory: str
    port: str
    busy_cycles: NonNegativeInt
    share: float


class ReplayResult(Record):
    """What came of playing the mapping of a layer, beside what the latency model says.

    Attributes
    ----------
    network, accelerator, layer, cost_model
        What was played, and the profile of the cost model that scored it.
    steps
        Activations of the array.
    cycles
        Clock cycles from the first transfer to the last.
    latency
        Their parts: computing, waits in between, and what comes before and after it.
    model_cycles, model_latency
        The same as the latency model says.
    waits
        What the array waits for in between, the longest first.
    ports
        All ports, the busiest first.
    schema_id
        Name and version of the format.
    """

    schema_id: Literal["zigzag-imc/replay/1"] = Field(alias="schema")
    network: str
    accelerator: str
    layer: str
    cost_model: str
    steps: PositiveInt
    cycles: PositiveInt
    latency: LatencyRecord
    model_cycles: float
    model_latency: LatencyRecord
    waits: tuple[WaitRecord, ...]
    ports: tuple[PortRecord, ...]

    def _repr_html_(self) -> str:
        """Return what a notebook shows: cycles beside the model's, and what is waited for."""
        from zigzag_imc.results.html import html_table

        parts = [
            (name.removesuffix("_cycles"), played, getattr(self.model_latency, name))
            for name, played in self.latency
        ]
        rows = [(part, f"{played:,.0f}", f"{model:,.0f}") for part, played, model in parts]
        rows.append(("all", f"{self.cycles:,}", f"{self.model_cycles:,.0f}"))
        waits = [
            f"waits {wait.cycles:,} cycles for {wait.operand} {wait.direction}: {wait.memory} "
            f"{wait.port} ({wait.why})"
            for wait in self.waits
        ]
        title = f"{self.layer} of {self.network} on {self.accelerator}"
        return html_table(title, ("clock cycles", "replay", "model"), rows, waits)
