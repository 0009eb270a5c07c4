"""Heuristic engines beside the solver: they search without a proof, and score with the same exact cost model."""
