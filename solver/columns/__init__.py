"""Columns: what every tile at every memory cut contributes to cost and capacity, for one spatial mapping."""
