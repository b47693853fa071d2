"""The page that workers see: HTML with Liquid placeholders that the service fills."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING

from trackproof.errors import FormatError
from trackproof.paths import resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME = "clip-classification.liquid.html"
ELEMENT = "crowd-classifier"

_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*((?:\|\s*\w+\s*)*)\}\}")
_BRACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_NEEDED = {
    "<crowd-form": "a <crowd-form> around the answer, without which nothing is handed in",
    f"<{ELEMENT}": f"a <{ELEMENT}>, whose answer the consolidation understands",
    "task.input.taskObject": "{{ task.input.taskObject | grant_read_access }}, the clip",
    "task.input.labels": "{{ task.input.labels | to_json | escape }}, the labels",
    "crowd-html-elements.js": "the script of the crowd elements",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says; plain text, paragraphs separated by an empty line.

    Parameters
    ----------
    question : str
        Above the labels.
    short, full : str
        Instructions beside the clip, and behind a link.
    """

    question: str = "Which label fits this clip?"
    short: str = "Watch the whole clip, then choose one label."
    full: str = (
        "Watch the whole clip before you decide. You may play it again as often as you like.\n\n"
        "Choose the one label that fits best. When two fit, choose the one that fills more of "
        "the clip."
    )


def worker_template(words: Words) -> str:
    """Return the page with the placeholders that the service fills for every clip."""
    text = resource("templates", NAME).read_text(encoding="utf-8")
    return Template(text).substitute(
        question=_plain(words.question),
        short=_paragraphs(words.short),
        full=_paragraphs(words.full),
    )


def rendered(template: str, *, labels: Sequence[str], clip: str) -> str:
    """Return the page of one clip, as the service would fill it.

    Parameters
    ----------
    labels : sequence of str
        What workers choose from.
    clip : str
        Address that a browser can open, for example ``file:///...``.

    Raises
    ------
    FormatError
        When the page holds a placeholder or filter that is not known here.
    """
    values: dict[str, object] = {
        "task.input.taskObject": clip,
        "task.input.labels": list(labels),
    }

    def filled(match: re.Match[str]) -> str:
        name, filters = match[1], [one.strip() for one in match[2].split("|") if one.strip()]
        if name not in values:
            raise FormatError(f"the placeholder {match[0]} is not known")
        value = values[name]
        for one in filters:
            value = _filtered(value, one)
        return value if isinstance(value, str) else json.dumps(value)

    left = _BRACES.search(_PLACEHOLDER.sub("", template))
    if left is not None:
        raise FormatError(f"the placeholder {left[0][:80]} is not known")
    return _PLACEHOLDER.sub(filled, template)


def template_problems(template: str) -> tuple[str, ...]:
    """Return in words what a page lacks for a classification job; nothing when it is complete."""
    return tuple(_lacking(template))


def preview_page(template: str, *, labels: Sequence[str], clip: str) -> str:
    """Return the page for a browser on this computer, with a line that says what it is.

    Raises
    ------
    FormatError
        As of `rendered`.
    """
    note = (
        '<p style="font: 14px sans-serif; background: #fff3cd; color: #664d03; margin: 0; '
        'padding: 8px 16px;">Preview with one clip from this computer. The buttons come from a '
        "script of AWS and need the network; nothing is handed in.</p>\n"
    )
    page = rendered(template, labels=labels, clip=clip)
    return f'<!DOCTYPE html>\n<meta charset="utf-8">\n<title>Preview</title>\n{note}{page}'


def _lacking(template: str) -> Iterator[str]:
    for text, what in _NEEDED.items():
        if text not in template:
            yield f"The page lacks {what}."
    if f"<{ELEMENT}" in template and not re.search(rf"<{ELEMENT}[^>]*\bname=", template):
        yield f"The <{ELEMENT}> has no name, so its answer would be lost."
    try:
        rendered(template, labels=("label",), clip="clip.mp4")
    except FormatError as error:
        yield f"{error.message[0].upper()}{error.message[1:]}."


def _filtered(value: object, name: str) -> object:
    if name == "to_json":
        return json.dumps(value, ensure_ascii=False)
    if name == "escape":
        return html.escape(str(value))
    if name == "grant_read_access":
        return value
    raise FormatError(f"the filter {name!r} is not known")


def _plain(text: str) -> str:
    """Return text that neither HTML nor Liquid takes for something else."""
    return html.escape(text).replace("{", "&#123;").replace("}", "&#125;")


def _paragraphs(text: str) -> str:
    parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    return "\n".join(f"      <p>{_plain(part)}</p>" for part in parts)
