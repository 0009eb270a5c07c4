"""Runs: searches side by side, within a time limit, until Ctrl-C."""
