"""The CP-SAT model, a constraint family a file: ``add_x(problem, model, variables)``."""
