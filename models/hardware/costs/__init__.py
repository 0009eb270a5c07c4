"""Cost providers: what a memory of a given shape costs, and who says so."""
