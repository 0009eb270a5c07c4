"""The search: tile tables and bounds, the CP-SAT model, the proof loop.

Beside it the exhaustive oracle.
"""
