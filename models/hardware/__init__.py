"""Accelerators: files in and out, presets."""
