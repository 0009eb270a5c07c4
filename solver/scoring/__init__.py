"""Exact scores of the loop orders that a choice of tiles allows, and the best mapping so far."""
