"""The head of a CVAT for video file: the task, its labels and their attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.formats.cvat_shapes import OCCLUDED
from trackproof.formats.xml_stream import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackproof.labels import AttributeValue, Labels, Sequence


def encode_meta(sequence: Sequence, labels: Labels) -> bytes:
    """Return the element ``meta``."""
    lines = [
        "  <meta>",
        "    <task>",
        f"      <name>{_text(sequence.name)}</name>",
        f"      <size>{len(sequence)}</size>",
        "      <mode>interpolation</mode>",
        "      <start_frame>0</start_frame>",
        f"      <stop_frame>{max(len(sequence) - 1, 0)}</stop_frame>",
        "      <labels>",
        *_labels(labels),
        "      </labels>",
    ]
    if sequence.width and sequence.height:
        lines += [
            "      <original_size>",
            f"        <width>{sequence.width}</width>",
            f"        <height>{sequence.height}</height>",
            "      </original_size>",
        ]
    lines += ["    </task>", "  </meta>"]
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def input_type(values: Iterable[AttributeValue]) -> str:
    """Return the kind of field in which CVAT shows values: checkbox, number or text."""
    kinds = {type(value) for value in values}
    if kinds == {bool}:
        return "checkbox"
    return "number" if kinds and kinds <= {int, float} else "text"


def used_values(labels: Labels) -> dict[int, dict[str, set[AttributeValue]]]:
    """Return the values of every attribute by category number."""
    flat = labels.table.flat.rows
    pairs = np.unique(np.stack([flat.category, flat.attributes], axis=1), axis=0).tolist()
    found: dict[int, dict[str, set[AttributeValue]]] = {}
    for category, number in pairs:
        for name, value in labels.table.attribute_sets[number]:
            found.setdefault(category, {}).setdefault(name, set()).add(value)
    return found


def is_flag(labels: Labels) -> bool:
    """Return whether the attribute ``occluded`` is CVAT's own mark: true or false everywhere."""
    found = (dict(values).get(OCCLUDED, True) for values in labels.table.attribute_sets)
    return all(isinstance(value, bool) for value in found)


def _labels(labels: Labels) -> list[str]:
    used = used_values(labels)
    lines = []
    for number, category in enumerate(labels.categories):
        lines += ["        <label>", f"          <name>{_text(category.name)}</name>"]
        if category.colour:
            lines.append(f"          <color>{_text(category.colour)}</color>")
        lines.append("          <attributes>")
        for name, values in used.get(number, {}).items():
            if name == OCCLUDED and is_flag(labels):
                continue
            lines += [
                "            <attribute>",
                f"              <name>{_text(name)}</name>",
                "              <mutable>True</mutable>",
                f"              <input_type>{input_type(values)}</input_type>",
                "            </attribute>",
            ]
        lines += ["          </attributes>", "        </label>"]
    return lines


def _text(text: str) -> str:
    return xml_text(text).decode("ascii")
