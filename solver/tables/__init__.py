"""Cost tables.

What every tile at every memory cut contributes, on the lattice of all tiles of a spatial mapping.
"""
