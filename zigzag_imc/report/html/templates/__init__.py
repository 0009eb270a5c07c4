"""Templates, style and script of pages: data."""
