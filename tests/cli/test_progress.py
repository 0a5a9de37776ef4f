"""While the search runs the line tells what the plan costs, the bound and the gap between the two."""

import io

import pytest
from rich.console import Console

from dispatch.cli.screen import Screen
from dispatch.cli.verb import Voice
from dispatch.solve import Progress

FOUND = Progress("search", 12.4, 12_345_678, 11_111_110)
LINES = {
    "en": ("search (searching) 12 s", "cost 123456.78 CNY", "bound 111111.10 CNY", "gap 10.0%"),
    "zh": ("编排（搜索中）12 秒", "费用 123456.78 元", "下界 111111.10 元", "差距 10.0%"),
}
FINISHING = {"en": "finishing the best plan", "zh": "正在收尾"}


@pytest.mark.parametrize("language", LINES)
@pytest.mark.parametrize("as_json", [False, True], ids=["log", "json"])
def test_a_log_tells_cost_bound_and_gap(language, as_json, capsys):
    screen = Screen(Voice(language, as_json, 0))
    with screen.stage("solve"):
        screen.search(Progress("prepare", 0.0, -1, -1))
        screen.search(FOUND)
    streams = capsys.readouterr()
    assert [words for words in LINES[language] if words not in streams.err] == []
    assert streams.out == ""


@pytest.mark.parametrize("language", LINES)
def test_the_line_on_a_terminal_tells_cost_bound_and_gap(language):
    screen = Screen(Voice(language, False, 0))
    screen._err = Console(file=io.StringIO(), force_terminal=True, width=140)
    with screen.stage("solve"):
        screen.search(FOUND)
        bar, task = screen._progress
        shown = bar.tasks[task].description
    assert [words for words in LINES[language] if words not in shown] == []


@pytest.mark.parametrize("language", FINISHING)
def test_a_log_says_at_once_that_an_interrupted_search_is_being_finished(language, capsys):
    screen = Screen(Voice(language, True, 0))
    with screen.stage("solve"):
        screen.search(FOUND)
        screen.search(FOUND)
        screen.search(Progress("finish", 13.0, 12_345_678, 11_111_110))
    lines = capsys.readouterr().err.splitlines()
    assert sum(LINES[language][1] in line for line in lines) == 2
    assert any(FINISHING[language] in line for line in lines)


def test_before_a_bound_is_known_no_gap_is_claimed(capsys):
    screen = Screen(Voice("en", True, 0))
    with screen.stage("solve"):
        screen.search(Progress("search", 1.0, 12_345_678, 0))
    assert "gap –" in capsys.readouterr().err


def test_quiet_says_nothing(capsys):
    screen = Screen(Voice("en", False, -1))
    with screen.stage("solve"):
        screen.search(FOUND)
    assert capsys.readouterr() == ("", "")
