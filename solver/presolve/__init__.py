"""Presolve: bounds that leave few spatial mappings and tiles to CP-SAT."""
