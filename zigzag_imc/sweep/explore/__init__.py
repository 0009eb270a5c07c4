"""The best accelerator of a study, proved: bounds discard most of them without a search."""
