"""What an accelerator file says in units of time: its clock, and bandwidths in bytes per second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from zigzag_imc.core.accelerator import Accelerator, MemoryInstance
from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.core.tolerances import same
from zigzag_imc.models.array.macro import MacroModel, clock_period_ns


def check_clock(accelerator: Accelerator, source: str) -> None:
    """Refuse a clock that is too fast for the array.

    Raises
    ------
    AcceleratorError
        When the critical path is longer than the period.
    """
    path_ns, given_ns = MacroModel.of(accelerator).tclk_ns, accelerator.clock_ns
    if given_ns is not None and given_ns < path_ns and not same(given_ns, path_ns):
        raise AcceleratorError(
            f"{source}: clock_ns: found {given_ns:g}, but the critical path of the array takes "
            f"{path_ns:.6g} ns; expected at least that, or nothing for exactly that"
        )


def with_bandwidths(
    accelerator: Accelerator, gigabytes: Mapping[str, float], source: str
) -> Accelerator:
    """Return the accelerator with bandwidths per second as whole bits per clock cycle.

    Parameters
    ----------
    accelerator
        With the widths of accesses as bandwidths.
    gigabytes
        10^9 bytes per second that every port of a memory moves, by the memory's name.
    source
        What names the file in messages.

    Raises
    ------
    AcceleratorError
        When a port then moves less than its smallest access in a cycle, or ports of different
        widths share an energy.
    """
    period_ns = clock_period_ns(accelerator)
    return accelerator.replace(
        memories=tuple(
            _converted(memory, gigabytes[memory.name], period_ns, source)
            if memory.name in gigabytes
            else memory
            for memory in accelerator.memories
        )
    )


def _converted(
    memory: MemoryInstance, gigabytes: float, period_ns: float, source: str
) -> MemoryInstance:
    """Return a memory whose ports move so much; a bit costs what it did."""
    at = f"{source}: memories.{memory.name}.bandwidth_gb_s"
    bits = int(gigabytes * 8 * period_ns)  # 10^9 bytes per s are 8 bits per ns
    for port in memory.ports:
        if bits < port.bandwidth_min:
            raise AcceleratorError(
                f"{at}: found {gigabytes:g}, which is {bits} bits per cycle of {period_ns:.4g} ns, "
                f"but {port.name} moves at least {port.bandwidth_min}; give it a smaller "
                "bandwidth_min"
            )
    reading, writing = ("read", "read_write"), ("write", "read_write")
    return replace(
        memory,
        read_energy_pj=_per_bits(memory, memory.read_energy_pj, reading, bits, at),
        write_energy_pj=_per_bits(memory, memory.write_energy_pj, writing, bits, at),
        ports=tuple(replace(port, bandwidth_max=bits) for port in memory.ports),
    )


def _per_bits(
    memory: MemoryInstance, energy_pj: float, kinds: tuple[str, ...], bits: int, at: str
) -> float:
    """Return the energy of an access of ``bits`` at the energy per bit that the memory has."""
    widths = {port.bandwidth_max for port in memory.ports if port.kind in kinds}
    if len(widths) > 1:
        shown = " and ".join(str(width) for width in sorted(widths))
        raise AcceleratorError(
            f"{at}: ports of different bandwidth_max ({shown}) share one energy per access; "
            "expected one bandwidth_max for all ports that read, and one for all that write"
        )
    return energy_pj * bits / widths.pop() if widths else energy_pj
