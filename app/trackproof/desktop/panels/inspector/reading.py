"""Which attributes apply to the selected box and the current frame, and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.labels import NO_ATTRIBUTES

if TYPE_CHECKING:
    from trackproof.desktop.editing import EditDesk
    from trackproof.desktop.session import Session
    from trackproof.labels import AttributeSet, AttributeSpec


def object_specs(desk: EditDesk) -> tuple[AttributeSpec, ...]:
    """Return the rules for the selected box; none where the object is absent."""
    sequence, labels = desk.session.sequence, desk.session.labels
    if sequence is None or labels is None or desk.row is None or not labels.categories:
        return ()
    name = labels.categories[desk.category].name
    return tuple(
        spec
        for spec in sequence.specs
        if not spec.is_frame_attribute and spec.category in (None, name)
    )


def object_values(desk: EditDesk) -> AttributeSet:
    """Return what is said about the selected box."""
    labels, block, row = desk.session.labels, desk.holder, desk.row
    if labels is None or block is None or row is None:
        return NO_ATTRIBUTES
    return labels.table.attribute_sets[int(block.attributes[row])]


def frame_specs(session: Session) -> tuple[AttributeSpec, ...]:
    """Return the rules for frames."""
    sequence = session.sequence
    specs = () if sequence is None else sequence.specs
    return tuple(spec for spec in specs if spec.is_frame_attribute)


def frame_values(session: Session) -> AttributeSet:
    """Return what is said about the current frame."""
    labels = session.labels
    if labels is None:
        return NO_ATTRIBUTES
    return labels.frame_attributes.get(session.frame, NO_ATTRIBUTES)
