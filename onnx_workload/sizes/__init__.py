"""The sizes of a model's inputs: which are open, what is given for them, which is the batch."""
