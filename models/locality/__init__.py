"""What stays on chip between layers: situations of layers, and the memories' room step by step."""
