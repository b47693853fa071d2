"""The page that workers see."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackproof.clips.template import (
    Words,
    preview_page,
    rendered,
    template_problems,
    worker_template,
)
from trackproof.errors import FormatError


class Elements(HTMLParser):
    """Gathers elements with their attributes, and the text between."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def first(self, tag: str) -> dict[str, str | None]:
        return next(attributes for found, attributes in self.found if found == tag)


def test_template_holds_what_the_service_needs() -> None:
    template = worker_template(Words())
    assert template_problems(template) == ()
    assert "{{ task.input.taskObject | grant_read_access }}" in template
    assert "{{ task.input.labels | to_json | escape }}" in template
    assert Elements(template).first("crowd-classifier")["name"] == "crowd-classifier"


def test_rendered_page_offers_the_labels_and_plays_the_clip() -> None:
    page = rendered(worker_template(Words()), labels=("a", 'b "c"'), clip="file:///x%20y.mp4")
    elements = Elements(page)
    assert json.loads(elements.first("crowd-classifier")["categories"] or "") == ["a", 'b "c"']
    assert elements.first("source")["src"] == "file:///x%20y.mp4"
    assert "{{" not in page


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80), st.text(max_size=80))
def test_words_of_people_are_neither_html_nor_liquid(question: str, short: str) -> None:
    words = Words(question=question, short=short)
    template = worker_template(words)
    assert template_problems(template) == ()
    plain = worker_template(Words(question="", short=""))
    assert len(re.findall(r"\{\{", template)) == len(re.findall(r"\{\{", plain))
    assert template.count("<script") == 1
    header = Elements(template).first("crowd-classifier")["header"]
    assert header is not None
    assert html.unescape(header).split() == html.unescape(html.escape(question)).split()


def test_labels_that_look_like_placeholders_stay_labels() -> None:
    page = rendered(worker_template(Words()), labels=("{{ x }}",), clip="a.mp4")
    assert json.loads(Elements(page).first("crowd-classifier")["categories"] or "") == ["{{ x }}"]


def test_preview_says_what_it_is() -> None:
    page = preview_page(worker_template(Words()), labels=("a",), clip="file:///a.mp4")
    assert page.startswith("<!DOCTYPE html>")
    assert "Preview with one clip from this computer" in Elements(page).text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("<crowd-form>", "<form>"), "lacks a <crowd-form>"),
        (('name="crowd-classifier"', ""), "has no name, so its answer would be lost"),
        (("task.input.labels | to_json", "task.input.colours | to_json"), "task.input.labels"),
        (("| grant_read_access", "| grant_write_access"), "filter 'grant_write_access'"),
        (("<crowd-form>", "<crowd-form>{% if x %}"), "The placeholder {% if x %} is not known."),
    ],
)
def test_pages_of_ones_own_are_checked(change: tuple[str, str], words: str) -> None:
    template = worker_template(Words()).replace(*change)
    assert any(words in problem for problem in template_problems(template))


def test_unknown_placeholder_is_refused() -> None:
    with pytest.raises(FormatError, match=r"placeholder \{\{ task\.input\.other \}\}"):
        rendered("{{ task.input.other }}", labels=(), clip="")


def test_example_template_is_accepted(shared_examples: Path) -> None:
    text = (shared_examples / "video-classification-template.liquid.html").read_text()
    assert template_problems(text) == ()
