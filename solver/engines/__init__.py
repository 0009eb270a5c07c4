"""Heuristic engines beside the solver.

They search without a proof, and score with the same exact cost model.
"""
