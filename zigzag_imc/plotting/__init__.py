"""Figures of results; one figure per module, matplotlib imported when one is drawn."""
