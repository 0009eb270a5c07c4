"""Constraint families of the CP-SAT model, one per file: ``add_x(problem, model, variables)``."""
