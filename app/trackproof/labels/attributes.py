"""Values that people attach to annotations and frames, and the rules for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

AttributeValue: TypeAlias = str | int | float | bool | None
AttributeSet: TypeAlias = tuple[tuple[str, AttributeValue], ...]
"""Names and values in the order of the file; hashable, so equal sets are stored once."""

NO_ATTRIBUTES: AttributeSet = ()


def exact(values: AttributeSet) -> tuple[tuple[str, type, AttributeValue], ...]:
    """Return a key that tells 1, 1.0 and True apart, which are equal in Python and not in JSON."""
    return tuple((name, type(value), value) for name, value in values)


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """What a label category configuration says about one attribute.

    Parameters
    ----------
    name : str
        Key under which annotations or frames carry the value.
    kind : str
        ``"string"`` or ``"number"``.
    choices : tuple of str
        Allowed values of a single choice; empty for free text and numbers.
    minimum, maximum : float or None
        Inclusive limits of a number.
    longest : int or None
        Most characters of a free text.
    category : str or None
        The one category it belongs to; None when it applies to every category.
    is_required, is_locked : bool
        Whether a worker must fill it, and whether an audit job may not change it.
    description : str
        Text shown to workers.
    is_frame_attribute : bool
        True when frames carry it rather than annotations.
    """

    name: str
    kind: str = "string"
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    category: str | None = None
    is_required: bool = False
    is_locked: bool = False
    description: str = ""
    is_frame_attribute: bool = False
    longest: int | None = None

    def why_not(self, value: AttributeValue) -> str | None:
        """Return why a value breaks the rules, in words, or None when it is allowed."""
        if value is None:
            return f"{self.name} must be filled" if self.is_required else None
        if self.kind == "number":
            return self._why_not_number(value)
        if self.choices and value not in self.choices:
            return f"{self.name} is {value!r}, which is not one of {', '.join(self.choices)}"
        length = len(value) if isinstance(value, str) else 0
        if not self.choices and self.longest is not None and length > self.longest:
            return f"{self.name} has {length:,} characters, more than {self.longest:,}"
        return None

    def _why_not_number(self, value: AttributeValue) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{self.name} is {value!r}, which is not a number"
        if self.minimum is not None and value < self.minimum:
            return f"{self.name} is {value:g}, less than {self.minimum:g}"
        if self.maximum is not None and value > self.maximum:
            return f"{self.name} is {value:g}, more than {self.maximum:g}"
        return None
