"""What a user may write: type checkers find nothing in it that they do not know."""

from __future__ import annotations

import zigzag_imc


def mapped() -> zigzag_imc.NetworkResult:
    """Map a network, then look at it in every way."""
    result = zigzag_imc.map_network("resnet8", "dimc", objective="energy", pareto=True)
    for record in result.layers:
        print(record.name, record.energy_pj, record.status, record.loop_dims, record.breakdown)
        if record.breakdown is not None:
            print({port.port: port.cycles for port in record.breakdown.port_stalls})
    print(result.totals.energy_pj, result["conv1"].mapping(), result.accelerator.description)
    layers, terms = result.to_frame(), result.to_frame("terms")
    print(layers.filter(layers["count"] > 1).rows(named=True), terms.columns)
    print(result.plot(), zigzag_imc.plot_pareto(result), zigzag_imc.loopnest_text(result))
    zigzag_imc.save_result(result, "result.json")
    return zigzag_imc.load_result("result.json")


def one_layer() -> float | None:
    """Map a layer onto an accelerator from a few parameters."""
    layer = zigzag_imc.conv_layer(
        "mine", in_channels=16, out_channels=32, output_size=8, filter_size=3
    )
    accelerator = zigzag_imc.load_accelerator("aimc")
    found = zigzag_imc.map_layer(layer, accelerator, constraints=["even"], pareto=True)
    mapping = found.mapping()
    if mapping is not None:
        cost = zigzag_imc.CostModel(layer, accelerator).evaluate(mapping)
        print(cost.terms, cost.edp)
    return found.energy_pj


def checked(result: zigzag_imc.NetworkResult) -> bool:
    """Put a result to the test, and play a layer of it."""
    report = zigzag_imc.verify_result(result)
    played = zigzag_imc.replay(result, "conv1", trace="trace.json")
    print([(wait.port, wait.cycles) for wait in played.waits])
    print(zigzag_imc.explain_layer(result, "conv1"))
    print(zigzag_imc.compare_results(result, result))
    return report.holds


def swept() -> list[str]:
    """Work out a study, and read its tables."""
    report = zigzag_imc.sweep_study("study.yaml", "out", jobs=2)
    print(report.counts.solved, report.stopped, report.folder / "networks.csv")
    print(report.to_frame().height, report.to_frame("layers").columns)
    table = zigzag_imc.sweep_table("out", "networks")
    return table.columns


def explored() -> dict[str, str | int | float | bool]:
    """Find the best array of a study."""
    found = zigzag_imc.explore_study("study.yaml", area_mm2=1.0, objective="edp", front=True)
    print(found.proved, found.points, found.pruned, found.why, found.to_frame().columns)
    if found.best is None:
        return {}
    print(found.best.edp_js, [point.area_mm2 for point in found.front])
    return found.best.parameters


def crosschecked() -> float | None:
    """Compare the solver with an engine, and search with it."""
    checked = zigzag_imc.crosscheck_network("resnet8", "aimc", engines=["loma"], zigzag=False)
    for layer in checked.layers:
        print(layer.names, [(found.method, found.value) for found in layer.methods])
    return zigzag_imc.search_network("resnet8", "aimc", engine="loma")["fc"].energy_pj
