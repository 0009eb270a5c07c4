"""Quick lower bounds of all spatial mappings at once, before any of their tiles are looked at."""
