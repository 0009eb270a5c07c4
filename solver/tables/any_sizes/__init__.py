"""Costs of tiles of any sizes: of each dimension, the outermost loop may end short."""
