"""What mappings cost: array macros, memories, energy, latency, area; and the accelerators that ship with the tool."""
