"""Mappings played transfer by transfer, from the loop nest alone.

Knows nothing of the latency model: neither its formulas nor what it counts transfers and periods
with. So where both say the same, two different ways of thinking do.
"""
