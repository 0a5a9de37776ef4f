"""One catalogue holds every word a reader sees: complete, in both languages, nothing in it that nobody asks for."""

import ast
import re
from importlib.resources import files

import pytest

from dispatch.model.supply import Mode, Role
from dispatch.publish.passwords import Kind
from dispatch.publish.privacy import Audience
from tests.language.wordings import (
    ROOM,
    area_of,
    asked_outright,
    blanks,
    catalogue,
    docstrings,
    is_asked,
    literals,
    sources,
)

HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff60]")
SENTENCE = re.compile(r"[A-Za-z]{2,},? [a-z]{2,}")
# Wordings that are nothing in a language: a person of unknown sex, an account without a remedy.
EMPTY = {"manifests.sex."}
# What may be Chinese in the code itself, since it is no wording.
CHINESE = {
    "publish/privacy.py": "surnames of two characters",
    "publish/manifests/workbook.py": "names of fonts",
    "publish/maps/corridors.py": "how names of divisions end",
    "publish/maps/ground.py": "credits as the owners of maps prescribe them",
    "publish/passwords.py": "headings of a file that people fill in",
    "publish/signs/short.py": "how names of firms begin and end",
}
ENGLISH = {"publish/maps/ground.py": "credits as the owners of maps prescribe them"}
SPOKEN_ROOMS = ("publish", "cli", "pipeline.py")


def _spoken(suffix):
    return [p for p in sources(suffix) if p.relative_to(ROOM).as_posix().startswith(SPOKEN_ROOMS)]


def test_every_wording_is_in_both_languages():
    for key, wording in catalogue().items():
        assert list(wording) == ["zh", "en"], key
        assert all(wording.values()) or key in EMPTY, key


def test_both_languages_fill_the_same_blanks():
    # A column is called by its Chinese or by its English name.
    zh, en = (
        {key: blanks(w[own].replace(f"{{{own}}}", "{value}")) for key, w in catalogue().items()} for own in ("zh", "en")
    )
    assert [key for key in zh if zh[key] != en[key]] == []


def test_no_english_wording_is_chinese():
    assert {k: w["en"] for k, w in catalogue().items() if HAN.search(w["en"])} == {}


def test_every_chinese_wording_that_is_a_sentence_is_chinese():
    assert {k: w["zh"] for k, w in catalogue().items() if SENTENCE.search(w["zh"]) and not HAN.search(w["zh"])} == {}


def test_every_wording_that_is_asked_for_exists():
    asked = list(asked_outright())
    assert len(asked) > 250
    assert [(where, key) for where, key in asked if key not in catalogue()] == []


# Keys that are put together with one of these.
PUT_TOGETHER = {
    "publish.passwords.unknown_": Kind,
    "pages.mode.": Mode,
    "manifests.mode.": Mode,
    "cli.closing.mode.": Mode,
    "report.role.": Role,
    "pages.audience.": (Audience.CITY, Audience.PUBLIC, Audience.OFFICE),
    "manifests.audience.": Audience,
    "manifests.sex.": ("M", "F", ""),
}


@pytest.mark.parametrize("start", PUT_TOGETHER)
def test_every_wording_that_is_asked_for_by_a_key_put_together_exists(start):
    assert [key for end in PUT_TOGETHER[start] if (key := f"{start}{end}") not in catalogue()] == []


@pytest.mark.parametrize("area", sorted(p.name[:-5] for p in (files("dispatch") / "texts").iterdir()))
def test_no_wording_is_left_that_nobody_asks_for(area):
    assert [key for key in catalogue() if key.startswith(f"{area}.") and not is_asked(key)] == []


def test_a_wording_that_nobody_asks_for_would_be_found():
    assert not is_asked("arrivals.forgotten")
    assert not is_asked("arrivals.column.forgotten")
    assert is_asked("arrivals.column.gate_arrives")


@pytest.mark.parametrize("suffix", ["py", "html", "js", "css", "typ"])
def test_no_chinese_is_written_into_the_code_that_speaks(suffix):
    found = []
    for path in _spoken(suffix):
        name = path.relative_to(ROOM).as_posix()
        said = literals(path) if suffix == "py" else enumerate(path.read_text("utf-8").splitlines(), start=1)
        found += [(name, line, words) for line, words in said if HAN.search(words) and name not in CHINESE]
    assert found == []


def test_what_may_be_chinese_is_still_there():
    for name in (name for name in CHINESE if (ROOM / name).exists()):
        assert any(HAN.search(words) for _, words in literals(ROOM / name)), name


def test_templates_hold_no_words_of_their_own():
    for path in _spoken("html"):
        content = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        content = re.sub(r"<(script|style)\b.*?</\1>", "", content, flags=re.DOTALL)
        shown = re.findall(r'\b(?:title|alt|aria-label|placeholder)="([^"]*)"', content)
        shown += re.findall(r">([^<>]*)<", content)
        assert [words for words in shown if re.search(r"[A-Za-z]{2}", words)] == [], path.name


def test_scripts_hold_no_sentences():
    for path in _spoken("js"):
        code = re.sub(r"^\s*//.*$", "", path.read_text("utf-8"), flags=re.MULTILINE).replace('"use strict"', "")
        strings = re.findall(r'"([^"\n]*)"', code)
        assert [words for words in strings if re.search(r"[A-Z][a-z]+ [a-z]+", words)] == [], path.name


def test_no_sentence_is_written_into_the_code_that_speaks():
    """Complaints to a programmer are no wordings: what is raised with them is caught nowhere and shown to nobody."""
    found = []
    for path in _spoken("py"):
        name, tree = path.relative_to(ROOM).as_posix(), ast.parse(path.read_text("utf-8"))
        programming = {id(n) for r in ast.walk(tree) if isinstance(r, ast.Raise) and r.exc for n in ast.walk(r.exc)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if SENTENCE.search(node.value) and not {id(node)} & (docstrings(tree) | programming):
                found.append((name, node.lineno, node.value))
    found = [entry for entry in found if entry[0] not in ENGLISH]
    assert found == []


def test_every_module_that_speaks_has_an_area():
    assert {area_of(p) for p in _spoken("py")} <= {*(p.stem for p in (ROOM / "texts").glob("*.json")), ""}
