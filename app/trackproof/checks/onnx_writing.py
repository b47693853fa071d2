"""Writing a small neural network as an ONNX file, without the ONNX package.

ONNX is a protocol buffer; the numbers of its fields are those of
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (operator set 10). Only what convolutional
networks need is here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

IR_VERSION, OPERATOR_SET = 5, 10
FLOAT, INT, INTS = 1, 2, 7
VARINT, BYTES, FIXED32 = 0, 2, 5

Attribute: TypeAlias = "int | float | Sequence[int]"


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(place: int, value: int) -> bytes:
    return _varint(place << 3 | VARINT) + _varint(value)


def _bytes(place: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(place << 3 | BYTES) + _varint(len(data)) + data


def _attribute(name: str, value: Attribute) -> bytes:
    body = _bytes(1, name)
    if isinstance(value, float):
        body += _varint(2 << 3 | FIXED32) + struct.pack("<f", value) + _number(20, FLOAT)
    elif isinstance(value, int):
        body += _number(3, value) + _number(20, INT)
    else:
        body += b"".join(_number(8, one) for one in value) + _number(20, INTS)
    return body


def _value_info(name: str, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(
        _bytes(1, _bytes(2, one) if isinstance(one, str) else _number(1, one)) for one in shape
    )
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, 1) + _bytes(2, dims)))


@dataclass(slots=True)
class Network:
    """A network in the making: nodes and numbers, in the order in which they run."""

    nodes: list[bytes] = field(default_factory=list)
    tensors: list[bytes] = field(default_factory=list)
    count: int = 0

    def tensor(self, values: npt.NDArray[np.float32]) -> str:
        """Add numbers and return their name."""
        name = f"t{len(self.tensors)}"
        dims = b"".join(_number(1, int(size)) for size in values.shape)
        data = np.ascontiguousarray(values, dtype="<f4").tobytes()
        self.tensors.append(dims + _number(2, 1) + _bytes(8, name) + _bytes(9, data))
        return name

    def node(
        self, kind: str, inputs: Sequence[str], *, output: str = "", **given: Attribute
    ) -> str:
        """Add an operation and return the name of its output."""
        self.count += 1
        name = output or f"n{self.count}"
        body = b"".join(_bytes(1, one) for one in inputs) + _bytes(2, name)
        body += _bytes(3, f"op{self.count}") + _bytes(4, kind)
        body += b"".join(_bytes(5, _attribute(key, value)) for key, value in given.items())
        self.nodes.append(body)
        return name

    def to_bytes(
        self,
        *,
        given: tuple[str, Sequence[int | str]],
        made: tuple[str, Sequence[int | str]],
        name: str,
    ) -> bytes:
        """Return the file.

        Parameters
        ----------
        given, made : (name, shape)
            Input and output; a text in a shape stands for any size.
        """
        graph = b"".join(_bytes(1, node) for node in self.nodes) + _bytes(2, name)
        graph += b"".join(_bytes(5, tensor) for tensor in self.tensors)
        graph += _bytes(11, _value_info(*given)) + _bytes(12, _value_info(*made))
        operators = _bytes(1, "") + _number(2, OPERATOR_SET)
        model = _number(1, IR_VERSION) + _bytes(2, "trackproof")
        return model + _bytes(7, graph) + _bytes(8, operators)
