"""Gate constants of a technology and what the basic cells built of them cost.

Source of the constants built in: unified cost model of Sun et al., "Benchmarking and modeling of
analog and digital SRAM in-memory computing architectures", 2023 (fitted to published 28 nm
macros). Capacitances in pF, areas in mm2, delays in ns, energies in pJ (one full swing of a
capacitance costs ``C * V**2``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Technology:
    """Constants of a technology node.

    Attributes
    ----------
    node_nm
        Name of the node in nm; no figure depends on it.
    supply_v
        Supply voltage in V.
    nand2_pf, nand2_ns, nand2_mm2
        Capacitance, delay and area of a NAND2 gate.
    xor2_pf, xor2_ns, xor2_mm2
        Those of an XOR2 gate.
    dff_pf, dff_ns, dff_mm2
        Those of a flip-flop; the delay is from clock to output, set-up included.
    wordline_pf, bitline_pf
        Capacitance that one SRAM cell adds to its wordline and to its bitline.
    """

    node_nm: float
    supply_v: float
    nand2_pf: float
    nand2_ns: float
    nand2_mm2: float
    xor2_pf: float
    xor2_ns: float
    xor2_mm2: float
    dff_pf: float
    dff_ns: float
    dff_mm2: float
    wordline_pf: float
    bitline_pf: float

    @classmethod
    def of_nand2(
        cls, node_nm: float, supply_v: float, nand2_pf: float, nand2_ns: float, nand2_mm2: float
    ) -> Technology:
        """Derive all other constants from the NAND2 gate.

        An XOR2 is 1.5 NAND2 of capacitance and 2.4 of area and delay; a flip-flop is 3 NAND2 of
        capacitance and 6 of area, and its delay is neglected; a cell loads its word- or bitline
        with half a NAND2.
        """
        return cls(
            node_nm=node_nm,
            supply_v=supply_v,
            nand2_pf=nand2_pf,
            nand2_ns=nand2_ns,
            nand2_mm2=nand2_mm2,
            xor2_pf=1.5 * nand2_pf,
            xor2_ns=2.4 * nand2_ns,
            xor2_mm2=2.4 * nand2_mm2,
            dff_pf=3 * nand2_pf,
            dff_ns=0.0,
            dff_mm2=6 * nand2_mm2,
            wordline_pf=nand2_pf / 2,
            bitline_pf=nand2_pf / 2,
        )

    def scaled(self, node_nm: float, supply_v: float) -> Technology:
        """Return the constants of another node by constant-field scaling.

        Capacitances and delays shrink as the node does, areas with its square. The supply changes
        the energy of a swing and no delay. Source: R. Dennard et al., "Design of ion-implanted
        MOSFET's with very small physical dimensions", JSSC 1974. Nodes below 28 nm shrink less
        than that.
        """
        shrink = node_nm / self.node_nm
        powers = {"pf": 1, "ns": 1, "mm2": 2}
        constants = {
            name: value * shrink ** powers[name.rpartition("_")[2]]
            for name, value in asdict(self).items()
            if name not in ("node_nm", "supply_v")
        }
        return Technology(node_nm=node_nm, supply_v=supply_v, **constants)

    def swing_pj(self, capacitance_pf: float) -> float:
        """Energy of one full swing of a capacitance."""
        return capacitance_pf * self.supply_v**2

    # --- one-bit multiplier: a NOR gate; the stored weight is constant, so only half of it switches
    @property
    def multiplier_pj(self) -> float:
        """Energy of a one-bit multiplication."""
        return 0.5 * self.swing_pj(self.nand2_pf)

    # --- one-bit full adder: three NAND2 and two XOR2
    @property
    def adder_pj(self) -> float:
        """Energy of a full adder whose inputs both switch."""
        return self.swing_pj(3 * self.nand2_pf + 2 * self.xor2_pf)

    @property
    def idle_carry_adder_pj(self) -> float:
        """Energy of a full adder with one constant input.

        No carry arises, only the XOR2 gates switch.
        """
        return self.swing_pj(2 * self.xor2_pf)

    @property
    def adder_mm2(self) -> float:
        """Area of a full adder."""
        return 3 * self.nand2_mm2 + 2 * self.xor2_mm2

    @property
    def adder_sum_ns(self) -> float:
        """Input to sum."""
        return 2 * self.xor2_ns

    @property
    def adder_carry_ns(self) -> float:
        """Input to carry out."""
        return self.xor2_ns + 2 * self.nand2_ns

    @property
    def carry_ripple_ns(self) -> float:
        """Carry in to carry out."""
        return 2 * self.nand2_ns

    # --- one-bit register: a flip-flop
    @property
    def register_pj(self) -> float:
        """Energy of a one-bit register."""
        return self.swing_pj(self.dff_pf)

    @property
    def register_mm2(self) -> float:
        """Area of a one-bit register."""
        return self.dff_mm2


NODE_28NM = Technology.of_nand2(28.0, 0.9, 0.7e-3, 0.0478, 0.614e-6)
"""28 nm at 0.9 V, the default."""
