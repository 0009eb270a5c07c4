"""What mappings cost: array macros, memories, energy, latency, area.

And the accelerators that ship with the tool.
"""
