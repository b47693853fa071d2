"""Whether attributes say what the label category configuration allows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackproof.formats.ground_truth_config import label_config_of
from trackproof.formats.problems import Problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trackproof.handoff.label_file_rules import SaidValue
    from trackproof.labels import AttributeSpec

MOST_TOLD = 10


def value_doubts(
    values: frozenset[SaidValue], config: Mapping[str, Any], class_map: Mapping[str, str]
) -> list[str]:
    """Return in words which values a configuration does not allow, `MOST_TOLD` at most.

    Workers cannot choose such values again; they are kept until somebody changes them.

    Parameters
    ----------
    values : frozenset of SaidValue
        What annotations and frames say.
    config : mapping
        A sound label category configuration.
    class_map : mapping of str to str
        Label by class id.
    """
    specs = label_config_of(config, Path(), Problems(Path())).specs
    found = sorted(_doubts(values, specs, class_map))
    rest = len(found) - MOST_TOLD
    return found if rest <= 0 else [*found[:MOST_TOLD], f"and {rest:,} more values like these"]


def _doubts(
    values: frozenset[SaidValue], specs: tuple[AttributeSpec, ...], class_map: Mapping[str, str]
) -> Iterator[str]:
    by_place = {(one.is_frame_attribute, one.category, one.name): one for one in specs}
    for class_id, name, value in values:
        is_frame, label = not class_id, class_map.get(class_id)
        spec = by_place.get((is_frame, label, name)) or by_place.get((is_frame, None, name))
        whose = "frames say" if is_frame else f"{label} says"
        if spec is None:
            yield f"{whose} {name!r}, which the configuration does not offer"
        elif problem := spec.why_not(value):
            yield f"{whose} what the configuration does not allow: {problem}"
