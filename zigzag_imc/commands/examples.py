"""Examples of every command, as ``zigzag-imc help COMMAND`` shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Example = tuple[str, str]
"""What it does, and what to type behind ``zigzag-imc``."""

EXAMPLES: Mapping[str, Sequence[Example]] = {
    "map": (
        (
            "a network that ships with the tool, for least energy",
            "map resnet8 -a dimc --objective energy",
        ),
        (
            "your own, with its file and a picture",
            "map net.onnx -a my.yaml -o result.json --plot costs.png",
        ),
        (
            "some layers, with the energy-latency fronts, among tiles that divide",
            "map resnet18 -a aimc --layer 'layer2*' --pareto --divisors-only",
        ),
        (
            "4-bit weights, and a fixed unrolling",
            "map resnet8 -a dimc --precision W=4 -c 'unroll K on D1 = 16'",
        ),
    ),
    "search": (
        (
            "a thousand random mappings of every layer",
            "search resnet8 -a dimc -e random --samples 1000",
        ),
    ),
    "crosscheck": (
        (
            "how far engines are from the optimum",
            "crosscheck resnet8 -a aimc --objective energy --out gaps.md",
        ),
    ),
    "evaluate": (("score the mappings of a file", "evaluate resnet8 -a dimc -m result.json"),),
    "verify": (
        ("check a result without the solver", "verify result.json"),
        ("prove it again", "verify result.json --prove"),
    ),
    "explain": (("why a layer is mapped like this", "explain result.json conv1"),),
    "replay": (
        (
            "play a layer, and keep what happens when for Perfetto",
            "replay result.json conv1 --trace trace.json",
        ),
    ),
    "export": (("loop nests as text", "export result.json"),),
    "report": (("a page for the browser, to send on", "report result.json -o report.html"),),
    "compare": (("two results", "compare before.json after.json"),),
    "sweep": (("all that a study asks for", "sweep study.yaml -o out"),),
    "plot": (("a figure of a sweep", "plot out networks -o networks.png"),),
    "explore": (("the best array of a study", "explore study.yaml --objective energy"),),
    "results": (
        (
            "the smallest arrays of a sweep",
            "results out --where 'area_mm2 <= 1' --sort energy_pj -n 5",
        ),
        ("all columns for a spreadsheet", "results out --columns all --format csv"),
    ),
    "layers": (
        ("what of a model can be mapped", "layers net.onnx --dim sequence=128"),
        ("the same for a document", "layers resnet8 --format md"),
    ),
    "networks": (("those that ship with the tool", "networks"),),
    "accelerators": (
        ("those that ship with the tool", "accelerators"),
        ("one of them as a file to begin with", "accelerators dimc > my.yaml"),
    ),
    "template": (("a digital array of 256 rows", "template dimc --rows 256"),),
    "peak": (("peak performance with sparse weights", "peak aimc --weight-sparsity 0.5"),),
    "validate": (("the model beside published chips", "validate"),),
    "help": (
        ("examples of a command", "help map"),
        ("a manual page, for man -l", "help --man > zigzag-imc.1"),
    ),
}
