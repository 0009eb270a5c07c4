"""Mappings and workloads in the forms of other tools and of people; replays as traces.

ZigZag's files and objects, loop nests as text, the trace events that Perfetto opens.
"""
