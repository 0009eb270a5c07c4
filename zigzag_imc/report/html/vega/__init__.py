"""The library that draws charts, written by .ci/vega/write.py, and what it holds: data."""
