"""Study files: which networks on which accelerators, and under which questions."""
