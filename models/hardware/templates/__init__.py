"""Accelerators from a few parameters: an analog or digital array under SRAM and DRAM."""
