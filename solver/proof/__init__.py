"""The proof loop: survey all spatial mappings, close what is left batch by batch."""
