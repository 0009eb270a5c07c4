"""Layers in the bodies of ``If``, ``Loop`` and ``Scan``: put in place, then branches compared."""
