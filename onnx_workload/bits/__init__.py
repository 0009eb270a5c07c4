"""How many bits a model's own quantization gives to weights, inputs and outputs."""
