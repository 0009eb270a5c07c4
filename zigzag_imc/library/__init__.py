"""What Python users call: map, search, evaluate; one frozen query per call."""
