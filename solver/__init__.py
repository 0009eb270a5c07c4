"""The search: tile tables and bounds, the CP-SAT model, the proof loop; beside it the exhaustive oracle."""
