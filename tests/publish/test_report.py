"""The leader's page: true numbers, plain words, nothing personal."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from string import Formatter

import pytest

from dispatch.publish.report import figures, money, write_report
from dispatch.publish.view import build_view
from tests.publish.conftest import HARM
from tests.publish.sample_plan import sample


@pytest.fixture
def made(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    view = build_view(plan, inputs, settings)
    return view, settings, write_report(view, tmp_path, settings)[0]


def _page(tmp_path, settings, view):
    return write_report(view, tmp_path, settings)[0].read_text("utf-8")


def test_everybody_on_the_roster_is_accounted_for(made):
    people = figures.people(made[0])
    assert (people.rostered, people.served, people.unserved, people.rejected) == (53, 51, 1, 1)


def test_cost_by_mode_by_county_and_by_city_each_add_up_to_the_plan(made):
    view, *_ = made
    total = sum(trip.cost_fen for trip in view.plan.trips)
    for lines in (figures.fleet(view), figures.by_county(view), figures.by_city(view)):
        assert sum(line.cost_fen for line in lines) == total == figures.total_fen(view)
    for lines in (figures.by_county(view), figures.by_city(view)):
        assert sum(line.people for line in lines) == 51


def test_places_beyond_those_shown_are_added_up_not_dropped(made):
    view, *_ = made
    workers = {
        w: replace(worker, home=replace(worker.home, county_name=f"县{i % 20:02d}"))
        for i, (w, worker) in enumerate(view.workers.items())
    }
    lines = figures.by_county(replace(view, workers=workers, plan=replace(view.plan, costs=())))
    assert len(lines) == figures.SHOWN_PLACES + 1
    assert lines[-1].name == ""
    assert sum(line.people for line in lines) == 51


def test_load_is_the_fullest_point_over_seats(made):
    train = next(line for line in figures.fleet(made[0]) if line.mode == "train")
    assert train.load == pytest.approx(38 / 531)


def test_booking_deadlines_come_from_the_quotes_lead(made):
    view, *_ = made
    due = {d.mode.value: d for d in figures.deadlines(view)}
    assert due["train"].due == date(2023, 1, 25)
    assert due["coach"].due == date(2023, 1, 29)
    assert (due["coach"].trips, due["train"].late) == (5, False)


def test_a_deadline_before_the_plan_was_made_is_marked_overdue(made, tmp_path):
    view, settings, path = made
    assert "已过期</b>" not in path.read_text("utf-8")
    late = replace(view, plan=replace(view.plan, made_at=view.plan.made_at + timedelta(days=7)))
    assert [d.late for d in figures.deadlines(late)] == [True, False]
    assert _page(tmp_path, settings, late).count("已过期</b>") == 1


def test_night_arrivals_count_people_at_their_gate(made):
    assert figures.night_arrivals(made[0]) == [(date(2023, 2, 1), 38, [("青岛", 38)])]


def test_funding_kinds_count_accepted_and_carried(made):
    view, *_ = made
    rows = figures.funding(view)
    assert {kind for kind, *_ in rows} == {"脱贫户", "监测户", "一般户"}
    assert (sum(r[1] for r in rows), sum(r[2] for r in rows)) == (52, 51)


def test_the_gap_is_told_in_plain_words_and_never_rounded_down(made, tmp_path):
    view, settings, path = made
    assert "最多还能省 5%" in path.read_text("utf-8")
    slightly = replace(view, plan=replace(view.plan, summary={**view.plan.summary, "gap": 0.05001}))
    assert "最多还能省 5.1%" in _page(tmp_path, settings, slightly)


def test_a_plan_without_a_bound_claims_nothing(made, tmp_path):
    view, settings, _ = made
    summary = {**view.plan.summary, "lower_bound": None, "gap": None}
    page = _page(tmp_path, settings, replace(view, plan=replace(view.plan, summary=summary)))
    assert "尚未算出费用下限" in page
    assert "最多还能省" not in page


def test_reasons_are_worded_and_an_unknown_one_is_shown_as_it_is(made, tmp_path):
    view, settings, _ = made
    full = {w: replace(u, reason="capacity") for w, u in view.unserved.items()}
    assert "座位或车辆已用完" in _page(tmp_path, settings, replace(view, unserved=full))
    other = {w: replace(u, reason="brand_new") for w, u in view.unserved.items()}
    assert "brand_new" in _page(tmp_path, settings, replace(view, unserved=other))


def test_a_remedy_that_names_somebody_stays_out(made, tmp_path):
    view, settings, _ = made
    (worker_id,) = view.unserved
    name = view.workers[worker_id].name
    named = {worker_id: replace(view.unserved[worker_id], remedy=f"请{name}改乘次日班车")}
    page = _page(tmp_path, settings, replace(view, unserved=named))
    assert name not in page
    assert "改乘次日班车" not in page


def test_no_name_id_or_phone_is_in_the_report(made, secrets):
    content = made[2].read_text("utf-8")
    assert [s for s in secrets if s in content] == []


def test_the_report_tells_revision_time_and_audience(made):
    content = made[2].read_text("utf-8")
    assert re.search(r"方案第3版　制表时间：2023-01-20 09:05　使用对象：本单位领导", content)


def test_money_reads_as_an_office_writes_it(made):
    view, *_ = made
    assert money(view, 1_234_567_89) == "123.46万元"
    assert money(view, 9_999_00) == "9,999元"
    assert money(replace(view, language="en"), 1_234_567_89) == "CNY 1,234,568"


def test_a_plan_that_carries_nobody_still_gets_its_report(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    nobody = replace(plan, trips=(), legs=(), costs=(), summary={"rejected": 1})
    page = _page(tmp_path, settings, build_view(nobody, inputs, settings))
    assert "no_seats" in page


def test_a_second_run_gives_the_same_bytes(made, tmp_path):
    view, settings, path = made
    before = path.read_bytes()
    assert write_report(view, tmp_path, settings)[0].read_bytes() == before


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_opens_offline_in_both_languages(tmp_path, visit, language):
    plan, inputs, settings = sample(tmp_path, language)
    path = write_report(build_view(plan, inputs, settings), tmp_path, settings)[0]
    with visit(path, width=390) as seen:
        assert seen.page.locator("h2").count() == 8
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_texts_that_mean_harm_stay_text(harmful_view, tmp_path, visit):
    view, settings = harmful_view
    with visit(write_report(view, tmp_path, settings)[0]) as seen:
        shown = seen.page.inner_text("body")
        assert all(harm in shown for harm in HARM)
        assert seen.page.locator("img").count() == 0


@pytest.mark.parametrize("area", ["arrivals", "maps", "pages", "report"])
def test_every_wording_of_the_pages_exists_in_both_languages_with_the_same_blanks(area):
    for key, wordings in json.loads((files("dispatch") / "texts" / f"{area}.json").read_text("utf-8")).items():
        assert wordings.keys() == {"zh", "en"}, key
        blanks = [{name for _, name, _, _ in Formatter().parse(w) if name} for w in wordings.values()]
        assert blanks[0] == blanks[1], key
