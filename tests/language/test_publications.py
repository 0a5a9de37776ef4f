"""What an English reader gets: every word of the publications in English, and the data as they were given."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from shutil import which

import pytest

from dispatch.publish import publish
from dispatch.publish.privacy import Shown, shown_name
from tests.publish.opened import opened
from tests.publish.sample_plan import sample
from tests.publish.test_nothing_leaks import everything

HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff60]+")
# Fonts in the theme that every workbook carries.
THEME = ("宋体", "新細明體")


@pytest.fixture(scope="module")
def english(tmp_path_factory):
    plan, inputs, settings = sample(tmp_path_factory.mktemp("english"), "en")
    settings = settings.model_copy(update={"publish": everything(settings.publish)})
    publish(plan, inputs, settings, only=None, unmask=False, progress=lambda *_: None)
    names = {shown_name(w.name, Shown.MASKED) for w in inputs.workers}
    data = {*_strings(plan), *_strings(inputs), *names, *THEME}
    files = [p for root in (settings.out, settings.maps) for p in sorted(root.rglob("*")) if p.is_file()]
    return files, sorted(filter(HAN.search, data), key=len, reverse=True)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        yield from (text for field in fields(value) for text in _strings(getattr(value, field.name)))
    elif isinstance(value, tuple | list | frozenset | set):
        yield from (text for item in value for text in _strings(item))
    elif isinstance(value, dict):
        yield from (text for item in value.items() for text in _strings(item))


def _said(path: Path) -> str:
    if path.suffix != ".pdf":
        return opened(path)
    # Streams of a printed document are codes of a font, not words.
    return subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode("utf-8")


def _beside(text: str, data: list[str], *, wrapped: bool = False) -> list[str]:
    """The Chinese of a text that is none of the data, nor a part of it where a printed page wraps or cuts it."""
    for known in data:
        text = text.replace(known, " ")
    left = HAN.findall(text)
    return [words for words in left if not (wrapped and any(_is_part(words, known) for known in data))]


def _is_part(words: str, known: str) -> bool:
    """Whether the words stand in the text in this order, with others between them where a line was cut."""
    rest = iter(known)
    return all(sign in rest for sign in words)


def test_no_publication_in_english_holds_a_chinese_word_of_its_own(english):
    files, data = english
    assert {p.suffix for p in files} >= {".html", ".csv", ".xlsx", ".ics"}
    readable = [p for p in files if p.suffix != ".pdf" or which("pdftotext")]
    assert {p.name: own for p in readable if (own := _beside(_said(p), data, wrapped=p.suffix == ".pdf"))} == {}


def test_a_forgotten_wording_would_be_found(english):
    _, data = english
    assert _beside(f"{data[0]} arrives 到达 at {data[-1]}", data) == ["到达"]
