"""Mappings in the forms of other tools and of people.

ZigZag's files and objects, and loop nests as text.
"""
