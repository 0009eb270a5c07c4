"""One CP-SAT model of everything, the joint formulation; a family of constraints a file."""
