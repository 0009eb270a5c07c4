"""Many networks on many arrays: studies, what their points cost, and which array is best."""
