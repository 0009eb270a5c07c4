"""CACTI 7, asked by running its program: one SRAM at a time, each in a folder of its own.

CACTI (HP Labs; N. Muralimanohar, R. Balasubramonian, N. Jouppi, "CACTI 6.0: a tool to model large
caches", HPL-2009-85, and R. Balasubramonian et al., "CACTI 7", TACO 2017) searches the ways to
split an SRAM into subarrays for the best energy-delay-squared product. It reads a file of settings
and leaves a table beside it, and finds its constants in the folder ``tech_params`` of the current
one; so it runs in a temporary folder, and several can run at once.
"""

from __future__ import annotations

import csv
import os
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from zigzag_imc.core.errors import OptionError
from zigzag_imc.models.hardware.costs.sram import (
    LEAST_NODE_NM,
    MOST_NODE_NM,
    SramCost,
    SramShape,
)

TEMPERATURE_K = 300
"""Operating temperature of all figures."""

LONGEST_RUN_S = 120
"""Seconds after which a run is given up: a usual one takes one."""

_CONSTANTS = "tech_params"

_GIVING_UP = (b"no valid data array organizations", b"Number of sets is too small")

_SETTINGS = f"""\
-cache type "ram"
-associativity 1
-single ended read ports 0
-UCA bank count 1
-operating temperature (K) {TEMPERATURE_K}
-Data array cell type - "itrs-hp"
-Data array peripheral type - "itrs-hp"
-Tag array cell type - "itrs-hp"
-Tag array peripheral type - "itrs-hp"
-tag size (b) "default"
-access mode (normal, sequential, fast) - "normal"
-Cache model (NUCA, UCA)  - "UCA"
-design objective (weight delay, dynamic power, leakage power, cycle time, area) 0:0:0:100:0
-deviate (delay, dynamic power, leakage power, cycle time, area) 20:100000:100000:100000:100000
-Optimize ED or ED^2 (ED, ED^2, NONE): "ED^2"
-Wire signaling (fullswing, lowswing, default) - "Global_30"
-Wire inside mat - "semi-global"
-Wire outside mat - "semi-global"
-Interconnect projection - "conservative"
-Add ECC - "true"
-Print level (DETAILED, CONCISE) - "CONCISE"
-Print input parameters - "false"
-Force cache config - "false"
-page size (bits) 8192
-burst length 8
-internal prefetch width 8
-dram_type "DDR3"
-io state "WRITE"
-addr_timing 1.0
-mem_density 4 Gb
-bus_freq 800 MHz
-duty_cycle 1.0
-activity_dq 1.0
-activity_ca 0.5
-num_dq 72
-num_dqs 18
-num_ca 25
-num_clk 2
-num_mem_dq 2
-mem_data_width 8
-rtt_value 10000
-ron_value 34
-num_bobs 1
-capacity 80
-num_channels_per_bob 1
"""
"""What is the same for all SRAMs: a scratchpad of high-performance transistors, one bank. The last
lines describe a DRAM's interface, which no SRAM has, but CACTI divides by some of them."""


@dataclass(frozen=True, slots=True)
class Cacti:
    """A CACTI program.

    Attributes
    ----------
    program
        The file to run; its folder has CACTI's constants in ``tech_params``.
    """

    program: Path

    def __post_init__(self) -> None:
        if not os.access(self.program, os.X_OK) or not self.program.is_file():
            raise OptionError(f"--cacti: {self.program} is no program, expected the path of CACTI")
        if not (self.program.parent / _CONSTANTS).is_dir():
            raise OptionError(
                f"--cacti: {self.program.parent} has no folder {_CONSTANTS}, where CACTI keeps its "
                "constants; expected the program in the folder it was built in"
            )

    @classmethod
    def installed(cls) -> Cacti | None:
        """Return the program that the extra ``zigzag`` brings; ``None`` where it is not there."""
        spec = find_spec("zigzag")  # not imported: this room does not know it
        for folder in (spec and spec.submodule_search_locations) or ():
            program = Path(folder) / "cacti" / "cacti_master" / "cacti"
            if program.is_file():
                return cls(program)
        return None

    def cost(self, shape: SramShape) -> SramCost | None:
        """Ask what an SRAM costs; ``None`` where CACTI finds no way to build it.

        Raises
        ------
        OptionError
            When the node is none that CACTI knows, or the program does not do its work.
        """
        if not LEAST_NODE_NM <= shape.node_nm <= MOST_NODE_NM:
            raise OptionError(
                f"node: found {shape.node_nm:g} nm, expected {LEAST_NODE_NM:g} to "
                f"{MOST_NODE_NM:g}, for which CACTI has constants"
            )
        with tempfile.TemporaryDirectory(prefix="zigzag-imc-cacti-") as folder:
            done = self._run(Path(folder), shape)
            table = Path(folder) / "sram.cfg.out"
            if table.is_file():
                return _read(table, f"CACTI 7 run for {shape.node_nm:g} nm, {shape.ports}")
        if _gives_up(done):
            return None
        last = (done.stdout.decode(errors="replace").strip().splitlines() or ["nothing"])[-1]
        raise OptionError(f"--cacti: {self.program} found no answer for {shape}; it said: {last}")

    def _run(self, folder: Path, shape: SramShape) -> subprocess.CompletedProcess[bytes]:
        """Run CACTI in a folder."""
        os.symlink(self.program.resolve().parent / _CONSTANTS, folder / _CONSTANTS)
        (folder / "sram.cfg").write_text(_SETTINGS + _asked(shape), encoding="ascii")
        try:
            return subprocess.run(
                [str(self.program.resolve()), "-infile", "sram.cfg"],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=LONGEST_RUN_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OptionError(f"--cacti: {self.program} cannot be run: {error}") from None


def _gives_up(done: subprocess.CompletedProcess[bytes]) -> bool:
    """Whether CACTI ended by itself as it does where nothing can be built."""
    return any(said in done.stdout for said in _GIVING_UP)


def _asked(shape: SramShape) -> str:
    """Return the settings of a shape."""
    return (
        f"-size (bytes) {shape.size_bytes:.0f}\n"
        f"-block size (bytes) {-(-shape.width_bits // 8)}\n"
        f"-output/input bus width {shape.width_bits}\n"
        f"-read-write port {shape.ports.read_write}\n"
        f"-exclusive read port {shape.ports.read}\n"
        f"-exclusive write port {shape.ports.write}\n"
        f"-technology (u) {shape.node_nm / 1000:.4f}\n"
    )


def _read(table: Path, source: str) -> SramCost:
    """Read the table that CACTI leaves: a line of names, a line of values."""
    with table.open(newline="", encoding="ascii", errors="replace") as file:
        names, values = list(csv.reader(file))[:2]
    found = dict(zip((name.strip() for name in names), values, strict=False))
    return SramCost(
        read_pj=float(found["Dynamic read energy (nJ)"]) * 1000,
        write_pj=float(found["Dynamic write energy (nJ)"]) * 1000,
        area_mm2=float(found["Area (mm2)"]),
        access_ns=float(found["Access time (ns)"]),
        source=source,
    )
