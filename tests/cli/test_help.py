import json
import re
import subprocess
import sys
from importlib.resources import files

import pytest

from dispatch.cli import VERBS

HEAVY = {"pandas", "numpy", "ortools", "numba", "rich", "pydantic", "yaml", "folium", "geopy", "sqlite3", "jinja2"}
LOOK = """
import sys
from dispatch.cli import main
try:
    main({args!r})
except SystemExit:
    print("LOADED", *sys.modules)
"""


def loaded_by(*args):
    command = [sys.executable, "-c", LOOK.format(args=list(args))]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    help_page, _, modules = run.stdout.partition("LOADED")
    return help_page, {name.partition(".")[0] for name in modules.split()}


@pytest.mark.parametrize("verb", [(), *((v,) for v in VERBS)])
def test_help_loads_nothing_heavy(verb):
    page, modules = loaded_by(*verb, "--help")
    assert "--help" in page
    assert not modules & HEAVY


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("language", "heading"), [("zh", "选项"), ("en", "Options")])
def test_help_speaks_the_language_asked_for_wherever_it_is_said(workspace, verb, language, heading):
    said = ["--lang", language]
    for args in ([verb, "--help", *said], [*said, verb, "--help"], [verb, f"--language={language}", "--help"]):
        done = workspace.dispatch(*args)
        assert done.code == 0
        assert heading in done.out


def test_the_bare_command_shows_every_verb(workspace):
    done = workspace.dispatch()
    assert done.code == 0
    assert all(re.search(rf"^  {verb} ", done.out, re.MULTILINE) for verb in VERBS)


def test_both_languages_fill_the_same_blanks():
    texts = json.loads((files("dispatch") / "texts" / "cli.json").read_text("utf-8"))
    for key, wording in texts.items():
        assert set(wording) == {"zh", "en"}, key
        blanks = {language: sorted(set(re.findall(r"{(\w+)}", words))) for language, words in wording.items()}
        assert blanks["zh"] == blanks["en"], key


@pytest.mark.parametrize(
    "args", [("fly",), ("run",), ("run", "a.yaml", "--nonsense"), ("run", "a.yaml", "--lang", "fr")]
)
def test_wrong_usage_ends_with_2_and_a_hint(workspace, args):
    done = workspace.dispatch(*args)
    assert done.code == 2
    assert "--help" in done.err
    assert not done.out


def test_wrong_usage_is_json_when_json_was_asked_for(workspace):
    done = workspace.dispatch("run", "--json")
    assert done.code == done.facts["exit_code"] == 2
    assert "CONFIG" in done.facts["error"]
