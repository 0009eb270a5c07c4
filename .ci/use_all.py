#!/usr/bin/env python3
"""Import all of an installed zigzag-imc, load all that it ships: python use_all.py PREFIX."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

import zigzag_imc
from zigzag_imc.models.hardware.presets import preset_names
from zigzag_imc.onnx_workload import NETWORKS

assert Path(zigzag_imc.__file__).is_relative_to(sys.argv[1]), zigzag_imc.__file__
for name in zigzag_imc.__all__:
    getattr(zigzag_imc, name)
modules = [module.name for module in pkgutil.walk_packages(zigzag_imc.__path__, "zigzag_imc.")]
for module in modules:
    if not module.endswith("__main__"):
        importlib.import_module(module)
for preset in preset_names():
    zigzag_imc.load_accelerator(preset)
for network in NETWORKS:
    assert zigzag_imc.load_network(network).layers
print(f"{len(modules)} modules, {len(zigzag_imc.__all__)} names, all presets and networks load")
