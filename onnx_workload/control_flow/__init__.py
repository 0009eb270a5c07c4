"""Layers in the bodies of ``If`` and ``Loop``: bodies put in place, then branches compared."""
