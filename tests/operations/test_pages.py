"""The operations' pages: each operation has one, the front pages name it, and the bench fills it from its rows."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dispatch.model.supply import Mode, Role

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "bench"))

from hand_plan import problem_of  # noqa: E402 - the bench folder has to be on the path first
from operation_pages import block, page_of  # noqa: E402
from results_page import put  # noqa: E402
from run_operations import Row, Used, page, read_rows, save_rows  # noqa: E402
from without_modes import PLANS, Variant, without, without_direct  # noqa: E402
from workspaces import config_of, known  # noqa: E402

SUMMARY = {
    "rostered": 12, "served": 11, "unserved": 1, "unserved_by_reason": {"no_seats": 1}, "cost": 900.0,
    "cost_by_mode": {"coach": 500.0, "train": 400.0}, "objective": 1000.0, "lower_bound": 950.0, "gap": 0.05,
    "passenger_hours": 6.7, "night_arrivals": 2, "load_factors": {"coach_trunk": 0.5, "train": 1.0},
    "long_haul_coaches": [], "rounds": 60, "road_times": "estimate", "reproducible": True,
}  # fmt: skip
HAND = {"people": 12, "unserved": 0, "cost_cny": 1800.0, "generalised_cost_cny": 2000.0, "passenger_hours": 6.0}


def row(name, **changes):
    made = Row(
        name, "python bench/run_operations.py", SUMMARY, {"coach": 5, "train": 6, "flight": 0},
        {"coach_trunk": 1, "train": 1}, {"2023-01-27": 11}, ("2023-01-27T05:00:00+08:00", "2023-01-28T01:00:00+08:00"),
        Used(0, 9.0, 12.0, 500.0), {"intake": 1.0, "solve": 5.0}, None, {"city": HAND},
    )  # fmt: skip
    return replace(made, **changes)


def variant(plan, cost, served=12):
    modes = {"coach": 5, "train": 6, "flight": 0}
    return Variant(plan, 12, served, cost, cost, cost // 2, 7.0, modes, "python bench/without_modes.py")


@pytest.mark.parametrize("name", known())
def test_every_operation_has_a_page_that_the_front_pages_name(name):
    found = page_of(name)
    assert found is not None
    for front in ("README.md", "README.zh.md"):
        assert f"docs/operations/{found.name}" in (ROOT / front).read_text("utf-8")


def test_a_variant_stands_on_the_page_of_its_operation(tmp_path):
    for stem in ("zunyi-2023", "zunyi-2023-hangzhou", "shanxi-2021"):
        (tmp_path / f"{stem}.md").touch()
    assert page_of("zunyi-2023-hangzhou", tmp_path).stem == "zunyi-2023-hangzhou"
    assert page_of("zunyi-2023-zhuhai", tmp_path).stem == "zunyi-2023"
    assert page_of("shanxi-2021-half-load", tmp_path).stem == "shanxi-2021"
    assert page_of("shanxi-20210", tmp_path) is None


def test_rows_that_were_kept_come_back_and_are_replaced_by_later_ones(tmp_path):
    early, late = tmp_path / "early.json", tmp_path / "late.json"
    first = {"a": row("a", cold=Used(0, 90.0, 95.0, 800.0)), "b": row("b")}
    save_rows(first, early)
    again = row("b", warm=Used(5, 1.0, 1.0, 1.0))
    save_rows({"b": again}, late)
    assert read_rows([early]) == {name: replace(r, span=list(r.span)) for name, r in first.items()}
    assert read_rows([early, late])["b"].warm == again.warm


def test_a_block_shows_figures_side_by_side_and_what_each_mode_is_worth(tmp_path):
    rows = [row("a"), row("a-x", days={"2023-01-28": 11}, hand={})]
    text = block(rows, {"a": [variant("as it is", 100_000), variant("no trains", 120_000, served=11)]})
    assert "| people served | 11 of 12 | 11 of 12 |" in text
    assert "| people who leave home on 2023-01-27 | 11 | – |" in text
    assert "| no trains | 11/12 | 1,200 | 1,200 | 1.200 | 109 | 1.309 | – | 5 | 6 | 0 |" in text
    assert "| a-x | 9.0 | 12.0 | 500 | 60 | 1.0 | – | 5.0 | – | – | – |" in text
    file = tmp_path / "a.md"
    file.write_text("# A\n\n<!-- figures: begin -->\nold\n<!-- figures: end -->\n\nbelow\n", "utf-8")
    put("figures", text, file)
    put("figures", text, file)
    content = file.read_text("utf-8")
    assert content.count(text) == 1
    assert "old" not in content
    assert content.startswith("# A\n\n<!-- figures: begin -->")
    assert content.endswith("<!-- figures: end -->\n\nbelow\n")


def test_the_results_show_what_the_hand_practice_costs_beside_the_plan():
    assert "| city, a | 12/12 | 1,800 | 2.00 | 2,000 | 2.00 | 6 |" in page([row("a")], 0.05)


@pytest.fixture(scope="module")
def problem():
    return problem_of(config_of("dingxi-qingdao-2023"))[0]


def test_a_mode_is_taken_away_and_nothing_else(problem):
    for mode in (Mode.TRAIN, Mode.FLIGHT):
        left = without(problem, mode)
        assert [d for d in problem.departures if d.mode is not mode] == list(left.departures)
        assert len(left.departures) < len(problem.departures)
        assert replace(left, departures=problem.departures) == problem
    assert PLANS["as it is"](problem) is problem


def test_without_direct_coaches_those_for_anything_serve_the_stations(problem):
    coach = replace(problem.coaches[0], role=Role.ANY)
    coaches = (coach, replace(coach, role=Role.TRUNK), replace(coach, role=Role.FEEDER))
    left = without_direct(replace(problem, coaches=coaches)).coaches
    assert [c.role for c in left] == [Role.FEEDER, Role.LAST_MILE, Role.FEEDER]
    assert {replace(c, role=Role.ANY) for c in left} == {coach}
