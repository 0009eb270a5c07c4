"""The array: what its macros cost in energy, area and time."""
