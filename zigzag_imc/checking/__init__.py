"""What holds of a result.

Checked without the solver, proved again, compared with other searches.
"""
