"""What a search makes least, of what, and how far its answer is proved."""

from __future__ import annotations

from typing import Literal

Objective = Literal["energy", "latency", "edp"]
"""What is made least: energy in pJ, latency in clock cycles, or their product."""

Scope = Literal["layer", "network"]
"""Of what: of every layer for itself, or of all layers of a network together."""

KeepingRule = Literal["none", "best", "zigzag"]
"""What stays on chip between layers: nothing, what makes the objective of the network least, or
what ZigZag's greedy rule keeps."""

OrderRule = Literal["graph", "best"]
"""Order of the steps of a network: that of the graph, or the one that is best for what stays."""

KeepingSource = Literal["best", "zigzag", "given"]
"""Where a choice of what stays on chip comes from: a search for the best one, ZigZag's greedy rule,
or somebody else."""

Status = Literal["OPTIMAL", "FEASIBLE", "INFEASIBLE", "UNKNOWN"]
"""OPTIMAL: no mapping of the mapspace costs less. FEASIBLE: a mapping with a certified gap, or
without a bound. INFEASIBLE: no mapping fits; the reason says why. UNKNOWN: no mapping was found in
time."""

Stopped = Literal["interrupted", "total time limit"]
"""What ends a run early."""

Method = Literal["auto", "cp-sat"]
"""How an optimum is found and proved: by presolve and CP-SAT for what that leaves, or by one CP-SAT
model of everything alone."""
