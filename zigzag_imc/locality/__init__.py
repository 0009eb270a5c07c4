"""What stays on chip between the layers of a network: searches in every situation that matters."""
