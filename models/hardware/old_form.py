"""Files in the form that ZigZag 3.0 to 3.8.1 read, rewritten as those of 3.8.2 and later.

There the width of a memory (``r_bw``, ``w_bw``), its smallest access (``min_r_granularity``,
``min_w_granularity``) and the numbers of its ports (``r_port``, ``w_port``, ``rw_port``) stand at
the memory, and ``ports`` says per operand, in the order of ``operands``, which port carries which
movement: ``{fh: w_port_1, tl: r_port_1}``. Some call the array ``multipliers``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from zigzag_imc.core.accelerator import Direction
from zigzag_imc.core.errors import AcceleratorError, nearest
from zigzag_imc.models.hardware.schema import shown

_KINDS = {"r": "read", "w": "write", "rw": "read_write"}
"""Type of a port per beginning of its name."""

_WIDTHS = {"read": ("r_bw", "min_r_granularity"), "write": ("w_bw", "min_w_granularity")}
"""Keys of the full width and of the smallest access, per way through a port."""

_COUNTS = {"read": "r_port", "write": "w_port", "read_write": "rw_port"}
"""Key of the number of ports, per type."""

_MEMORY_KEYS = {*(key for keys in _WIDTHS.values() for key in keys), *_COUNTS.values()}
_DIRECTIONS = tuple(direction.value for direction in Direction)
_ARRAY_KEYS = {"multiplier_energy": "unit_energy", "multiplier_area": "unit_area"}
_FORM = "in the form of ZigZag 3.0 to 3.8.1"


def in_new_form(data: object, source: str) -> object:
    """Return the contents of a file with every entry of the old form rewritten.

    What is in the new form already, or in neither, stays as it is.

    Parameters
    ----------
    data
        Parsed contents of a file.
    source
        What names the file in messages.

    Raises
    ------
    AcceleratorError
        When entries of the old form make no sense together.
    """
    if not isinstance(data, dict):
        return data
    contents = {("operational_array" if key == "multipliers" else key): data[key] for key in data}
    array = contents.get("operational_array")
    if isinstance(array, dict):
        contents["operational_array"] = {_ARRAY_KEYS.get(key, key): array[key] for key in array}
    memories = contents.get("memories")
    if isinstance(memories, dict):
        contents["memories"] = {
            name: _OldMemory(f"{source}: memories.{name}", memory).rewritten()
            if _is_old(memory)
            else memory
            for name, memory in memories.items()
        }
    return contents


def _is_old(memory: object) -> bool:
    """Whether a memory has a key of the old form, or a port that lists directions."""
    if not isinstance(memory, dict):
        return False
    ports = memory.get("ports")
    first = ports[0] if isinstance(ports, list) and ports else None
    lists_directions = isinstance(first, dict) and not {*first}.isdisjoint(_DIRECTIONS)
    return lists_directions or not _MEMORY_KEYS.isdisjoint(memory)


class _OldMemory:
    """One memory of the old form.

    Parameters
    ----------
    where
        File and path of the memory, for messages.
    memory
        Its entries.
    """

    def __init__(self, where: str, memory: Mapping[Any, Any]) -> None:
        self.where = " ".join(where.split())
        self.memory = memory

    def rewritten(self) -> dict[Any, Any]:
        """Return the entries in the new form."""
        kept = {key: value for key, value in self.memory.items() if key not in _MEMORY_KEYS}
        carried = self._movements()
        self._check_counts(carried)
        order = sorted(carried, key=lambda name: ([*_KINDS].index(_parts(name)[0]), _parts(name)))
        return kept | {"ports": [self._port(name, carried[name]) for name in order]}

    def _movements(self) -> dict[str, list[tuple[str, str]]]:
        """(Operand, direction) of everything that each port carries."""
        operands, ports = self.memory.get("operands"), self.memory.get("ports")
        if not isinstance(operands, list):
            self._refuse(
                "operands", operands, "a list of I1 (inputs), I2 (weights) and O (outputs)"
            )
        if not isinstance(ports, list):
            self._refuse("ports", ports, f"a list with the ports of each operand, {_FORM}")
        if len(ports) != len(operands):
            raise AcceleratorError(
                f"{self.where}.ports: found {len(ports)} entries for the {len(operands)} operands; "
                f"{_FORM} there is one per operand, in their order"
            )
        carried: dict[str, list[tuple[str, str]]] = {}
        for index, (operand, port) in enumerate(zip(operands, ports, strict=True)):
            for direction, name in self._allocation(index, port).items():
                carried.setdefault(name, []).append((str(operand), direction))
        return carried

    def _allocation(self, index: int, port: object) -> dict[str, str]:
        """Port per direction of one operand, in the order of the directions."""
        at = f"ports[{index}]"
        if isinstance(port, dict) and {"name", "allocation"} & {*port}:
            raise AcceleratorError(
                f"{self.where}.{at}: is a port in the form of ZigZag 3.8.2 and later, where "
                f"{self._sign()} is {_FORM}; leave that out and give every port as a mapping with "
                "name, type, bandwidth_min, bandwidth_max and allocation"
            )
        if not isinstance(port, dict):
            self._refuse(at, port, f"a mapping from {', '.join(_DIRECTIONS)} to ports, {_FORM}")
        for direction, name in port.items():
            if direction not in _DIRECTIONS:
                near = nearest(str(direction), _DIRECTIONS)
                raise AcceleratorError(
                    f"{self.where}.{at}.{direction}: unknown direction; expected some of "
                    f"{', '.join(_DIRECTIONS)}{near}"
                )
            self._check_name(f"{at}.{direction}", direction, name)
        return {direction: port[direction] for direction in _DIRECTIONS if direction in port}

    def _sign(self) -> str:
        """What shows that the memory is in the old form."""
        return next((key for key in self.memory if key in _MEMORY_KEYS), "ports[0]")

    def _check_name(self, at: str, direction: str, name: object) -> None:
        if not isinstance(name, str) or not re.fullmatch(r"(r|w|rw)_port_[0-9]{1,4}", name):
            self._refuse(at, name, "a port, such as r_port_1, w_port_1 or rw_port_1")
        way = _way(direction)
        if _KINDS[_parts(name)[0]] not in (way, "read_write"):
            self._refuse(at, name, f"a port that can {way}, such as {way[0]}_port_1")

    def _check_counts(self, carried: Mapping[str, object]) -> None:
        """Refuse a port beyond the number of ports that the memory says it has."""
        for kind, key in _COUNTS.items():
            count = self.memory.get(key)
            if count is None:
                continue
            if isinstance(count, bool) or not isinstance(count, int) or count < 0:
                self._refuse(key, count, "a whole number of ports, at least 0")
            beginning = key.partition("_")[0]
            names = sorted(name for name in carried if _parts(name)[0] == beginning)
            beyond = [name for name in names if not 1 <= _parts(name)[1] <= count]
            if beyond:
                raise AcceleratorError(
                    f"{self.where}.{key}: found {count}, but ports names {beyond[0]}; expected at "
                    f"least {max(_parts(name)[1] for name in names)} {kind.replace('_', '-')} ports"
                )

    def _port(self, name: str, movements: list[tuple[str, str]]) -> dict[str, Any]:
        ways = sorted({_way(direction) for _, direction in movements})
        widths = {way: self._width(way) for way in ways}
        if len({*widths.values()}) > 1:
            raise AcceleratorError(
                f"{self.where}: {name} reads {_said(widths['read'])} and writes "
                f"{_said(widths['write'])} bits per cycle, but a port has one width for both; make "
                "r_bw and w_bw (and the granularities) equal, or give it a port of each kind"
            )
        least, full = widths[ways[0]]
        return {
            "name": name,
            "type": _KINDS[_parts(name)[0]],
            "bandwidth_min": least,
            "bandwidth_max": full,
            "allocation": [f"{operand}, {direction}" for operand, direction in movements],
        }

    def _width(self, way: str) -> tuple[int, int]:
        """Smallest access and full width in bits; without a smallest one, all of it."""
        full_key, least_key = _WIDTHS[way]
        full = self._bits(full_key, self.memory.get(full_key))
        least = self.memory.get(least_key)
        if least is None:
            return full, full
        if self._bits(least_key, least) > full:
            self._refuse(least_key, least, f"at most {full_key}, which is {full}")
        return least, full

    def _bits(self, key: str, bits: object) -> int:
        if isinstance(bits, bool) or not isinstance(bits, int) or bits < 1:
            self._refuse(key, bits, "a whole number of bits per cycle, at least 1")
        return bits

    def _refuse(self, at: str, found: object, expected: str) -> NoReturn:
        what = "missing;" if found is None else f"found {shown(found)},"
        raise AcceleratorError(f"{self.where}.{at}: {what} expected {expected}")


def _way(direction: str) -> str:
    return "write" if Direction(direction).writes else "read"


def _parts(name: str) -> tuple[str, int]:
    """Beginning and number of a port's name."""
    beginning, _, number = name.partition("_port_")
    return beginning, int(number)


def _said(width: tuple[int, int]) -> str:
    least, full = width
    return str(full) if least == full else f"{least} to {full}"
