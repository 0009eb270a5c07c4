"""Latency: computing, stalls of ports, on- and offloading."""
