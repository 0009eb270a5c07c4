"""How long whole networks take, and how far they are proved; writes ``benchmarks/README.md``.

Run from the project's folder: ``python benchmarks/networks.py --output benchmarks/README.md``. The accelerators are the
reference tool's own ``aimc.yaml`` and ``dimc.yaml``, from its wheel.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import resource
import time
from pathlib import Path

from zigzag_imc.api import map_network

NETWORKS = ("resnet18", "resnet8", "ds_cnn", "deep_autoencoder")


def reference_accelerator(name: str) -> Path:
    """Path of an accelerator file inside the reference tool's wheel."""
    spec = importlib.util.find_spec("zigzag")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations))) / "inputs" / "hardware" / f"{name}.yaml"


def rows(networks: list[str], objectives: list[str], time_limit: float) -> list[str]:
    """One line of a Markdown table per network, accelerator, profile and objective."""
    lines = []
    for network in networks:
        for accelerator in ("aimc", "dimc"):
            for profile in ("imc", "zigzag"):
                for objective in objectives:
                    start = time.perf_counter()
                    result = map_network(
                        network,
                        str(reference_accelerator(accelerator)),
                        objective=objective,
                        cost_model=profile,
                        time_limit=time_limit,
                    )
                    seconds = time.perf_counter() - start
                    proved = sum(layer.status == "OPTIMAL" for layer in result.layers)
                    scores = sum(layer.certificate.exact_scores for layer in result.layers if layer.certificate)
                    gap = max((layer.gap or 0.0) for layer in result.layers)
                    lines.append(
                        f"| {network} | {accelerator} | {profile} | {objective} | {seconds:.1f} | "
                        f"{proved} of {len(result.layers)} | {scores} | {gap:.1e} |"
                    )
                    print(lines[-1], flush=True)
    return lines


def main() -> None:
    """Run the benchmark and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--networks", nargs="*", default=list(NETWORKS))
    parser.add_argument("--objectives", nargs="*", default=["energy", "latency", "edp"])
    parser.add_argument("--time-limit", type=float, default=30.0, help="seconds per layer")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    table = rows(options.networks, options.objectives, options.time_limit)
    memory = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    page = [
        "# Benchmarks",
        "",
        f"Made by `benchmarks/networks.py` on {os.cpu_count()} cores, Python {platform.python_version()}: whole",
        f"networks, layers side by side, at most {options.time_limit:g} s a layer.",
        f"The largest process took {memory:.0f} MB.",
        "",
        "| network | accelerator | cost model | objective | seconds | layers proved | exact scores | largest gap |",
        "| --- | --- | --- | --- | --: | --: | --: | --: |",
        *table,
        "",
        "`benchmarks/against_zigzag.py` compares with the reference tool's own search, `benchmarks/score_speed.py`",
        "the time of one exact score, `benchmarks/compare_row_write.py` the row-write latency",
        "([outcome](../docs/row-write.md)), `benchmarks/differential.py` solves thousands of small layers that are",
        "enumerated as well ([outcome](../docs/differential.md)).",
        "",
    ]
    if options.output:
        options.output.write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
