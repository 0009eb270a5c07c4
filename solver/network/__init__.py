"""Mappings of all layers chosen together, and what is kept between them."""
