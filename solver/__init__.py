"""The search for the optimal mapping of one layer, and its proof.

Presolve (`presolve`, on the cost tables of `tables`) bounds every spatial mapping, drops those that
cannot beat the incumbent, and of the others keeps only *candidates*: tiles through which a better
mapping may still go (reduced-cost fixing). What is left is a problem for CP-SAT (`formulation`),
which the proof loop (`proof`) solves, scores exactly (`scoring`) and excludes until bound and
incumbent meet.

Sets
----
``s``
    Spatial mappings that are left.
``c``
    Cuts: an operand, and a boundary between two of its memories.
``t``
    Candidates. Each is one tile (a vector of prime exponents) at one cut of one spatial mapping.

Variables
---------
``spatial[s]``
    Boolean: the spatial mapping is ``s``.
``tiles[t]``
    Boolean: candidate ``t`` lies at its cut.
``exponent[c, d, p]``
    Exponent of prime ``p`` in dimension ``d`` of the tile at a cut; a sum over ``tiles``.
``inner[c, c']``
    Boolean: which of two cuts of different operands is the inner one.
``energy, stall, link[c], onloading, latency``
    What a mapping costs, in whole units, rounded down.

Constraints, a family a file of `formulation`
---------------------------------------------
`choice`
    One spatial mapping, and at every cut one tile of it.
`chain`
    Of the tiles of any two cuts, one divides the other.
`capacity`
    What a memory holds is at most its size.
`energy`
    ``energy = fixed energy of s + sum of the energies of t``.
`port_stalls`
    ``stall >= stuck`` and ``compute + stall >= busy``, for every memory port.
`windows`
    A transfer that cannot be double buffered has less time: it adds to ``stuck``.
`links`
    A port hides no more of its on- and offloading than it has time.
`onloading`
    Loads of weights and inputs overlap where no port is shared.
`latency`
    ``latency = compute + stall + onloading + offloading``.

Objective
---------
`objective`: energy, latency, or their product. In the model it is never more than the exact cost of
any mapping with these tiles, so that its optimum is a bound. All loop orders of its tiles are
scored exactly, and the tiles are excluded (a no-good); when the optimum of what is left reaches the
incumbent, that is proved optimal.

Beside the solver there are heuristic `engines`, and `network` chooses a point of every layer's
energy-latency front so that the product over a whole network is least.
"""
