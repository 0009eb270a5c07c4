"""User constraints: what they mean for unrollings, tiles and loop orders of a mapping."""
