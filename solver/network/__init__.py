"""Mappings of all layers chosen together."""
