"""The records of results: what a run leaves behind, files in and out, totals."""
