"""The search among tiles of any size: of each dimension, the outermost loop may end short."""
