"""Write all shipped networks: ``python -m zigzag_imc.onnx_workload.networks [FOLDER]``."""

from __future__ import annotations

import sys
from pathlib import Path

from zigzag_imc.onnx_workload.networks import write_networks

if __name__ == "__main__":
    for path in write_networks(Path(sys.argv[1]) if len(sys.argv) > 1 else None):
        print(f"{path}  {path.stat().st_size} bytes")
