"""Which layers have to keep which constraints; identical layers may differ in that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraint_rules import ConstraintRules, Rule
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.layer import Layer
from zigzag_imc.models.mapspace.constraints.names import check_names
from zigzag_imc.onnx_workload.network import LayerGroup, Network


def check_rules(rules: ConstraintRules, network: Network, accelerator: Accelerator) -> None:
    """Refuse rules that speak of no layer, or of names that there are not.

    Raises
    ------
    OptionError
        With the nearest name.
    """
    rules.check(network.name, network.layers)
    check_rule_names(rules, network.layers, accelerator)


def check_rule_names(
    rules: ConstraintRules, layers: Iterable[Layer], accelerator: Accelerator
) -> None:
    """Refuse names of dimensions and memories that neither layers nor accelerator have."""
    dims = dict.fromkeys(dim for layer in layers for dim in layer.sizes)
    check_names((rule.constraint for rule in rules.rules), dims, accelerator)


def rules_for(asked: ConstraintRules, accelerator: Accelerator) -> ConstraintRules:
    """Return what a caller asks, and what the accelerator's own dataflows say of all layers."""
    return asked.and_also(ConstraintRules(tuple(Rule(None, one) for one in accelerator.dataflows)))


def constrained(
    groups: Iterable[LayerGroup], rules: ConstraintRules, layers: Sequence[Layer]
) -> tuple[LayerGroup, ...]:
    """Return the groups with what the rules say of them; those that differ in it fall apart."""
    asked = {layer.name: rules.of(layer) for layer in layers}
    return tuple(part for group in groups for part in _parts(group, asked))


def _parts(group: LayerGroup, asked: dict[str, Constraints]) -> Iterator[LayerGroup]:
    """Yield the parts of a group that have to keep the same."""
    names_of: dict[Constraints, list[str]] = {}
    for name in group.names:
        names_of.setdefault(asked[name], []).append(name)
    for constraints, names in names_of.items():
        layer = group.layer.replace(name=names[0])
        yield LayerGroup(layer, tuple(names), len(names), constraints)
