"""The networks of a study, read once, and their distinct layers on an accelerator."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraint_rules import ConstraintRules
from zigzag_imc.library.bits import at_array_bits
from zigzag_imc.library.constraining import check_rules, constrained, rules_for
from zigzag_imc.library.inputs import groups_of, network_of
from zigzag_imc.library.query import Query
from zigzag_imc.library.subject import Subject
from zigzag_imc.onnx_workload.network import LayerGroup, Network
from zigzag_imc.sweep.problems import Question
from zigzag_imc.sweep.study.entries import NetworkEntry, Study


@dataclass
class Workload:
    """A network of a study.

    Attributes
    ----------
    name
        What it is called in the results.
    network
        The network as it was read.
    query
        What is asked about it.
    """

    name: str
    network: Network
    query: Query

    def __post_init__(self) -> None:
        self._known: dict[Hashable, tuple[LayerGroup, ...]] = {}

    @classmethod
    def of(cls, entry: NetworkEntry, study: Study) -> Workload:
        """Read a network.

        Raises
        ------
        ZigzagImcError
            When it cannot be read.
        """
        query = Query(
            batch=entry.batch,
            shapes=entry.shapes or None,
            dims=entry.dims or None,
            precision=entry.precision or None,
            constraints=study.constraints,
            stored=entry.stored,
            layers=entry.layers or None,
        )
        network = network_of(entry.model, query)
        return cls(entry.name or network.name, network, query)

    def groups(self, accelerator: Accelerator) -> tuple[LayerGroup, ...]:
        """Return the distinct layers with the bits and constraints that they have there.

        Raises
        ------
        OptionError
            When a constraint speaks of what neither network nor accelerator has.
        """
        array = accelerator.array
        rules = rules_for(self.query.constraint_rules, accelerator)
        decisive: Hashable = (array.activation_bits, array.weight_bits)
        if rules != ConstraintRules():  # they speak of dimensions and memories by name
            dims = tuple(name for name, _ in array.dimensions)
            names = tuple(memory.name for memory in accelerator.memories)
            decisive = (decisive, rules, dims, names)
        if decisive not in self._known:
            self._known[decisive] = self._groups(accelerator, rules)
        return self._known[decisive]

    def subject(self, accelerator: Accelerator, question: Question) -> Subject:
        """Return the network as a whole on an accelerator, and what is asked of it there.

        Raises
        ------
        OptionError
            When a constraint speaks of what neither network nor accelerator has.
        """
        query = replace(
            self.query,
            objective=question.objective,
            cost_model=question.cost_model,
            space=question.space(),
            gap=question.gap,
            time_limit=question.time_limit_s,
            locality=question.locality,
            keep_ends=question.keep_ends,
            jobs=1,
        )
        groups = self.groups(accelerator)
        return Subject(query, accelerator, self._network_at(accelerator), None, groups)

    def _network_at(self, accelerator: Accelerator) -> Network:
        """Return the network with the bits that it has there."""
        network = at_array_bits(self.network, accelerator.array)
        layers = tuple(layer.storing(self.query.stored) for layer in network.layers)
        return replace(network, layers=layers)

    def _groups(self, accelerator: Accelerator, rules: ConstraintRules) -> tuple[LayerGroup, ...]:
        network = self._network_at(accelerator)
        check_rules(rules, network, accelerator)
        return constrained(groups_of(network, self.query.layers), rules, network.layers)
