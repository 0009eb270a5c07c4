"""Data movement: tiles, transfers, words and their energy."""
