"""The leader's page: true numbers, plain words, nothing personal."""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise
from string import Formatter

import pytest

from dispatch.model.supply import Mode
from dispatch.publish.report import calendar, charts, exact, figures, money, spending, write_report
from dispatch.publish.view import build_view
from tests.publish.conftest import HARM
from tests.publish.sample_plan import at, sample


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


def test_cost_by_mode_county_city_employer_and_funding_kind_each_add_up_to_the_plan(made):
    view, *_ = made
    total = sum(line.cost_fen for line in view.plan.costs)
    assert total == figures.total_fen(view) == sum(line.cost_fen for line in figures.fleet(view))
    assert sum(line.cost_fen for line in spending.by_funding(view)) == total
    for listing in (spending.by_county(view), spending.by_city(view), spending.by_employer(view)):
        assert sum(line.cost_fen for line in listing.lines) == total
        assert sum(line.people for line in listing.lines) == 51


def test_cost_by_mode_is_that_of_the_summary(made):
    view, *_ = made
    spent = Counter()
    for line in figures.fleet(view):
        spent[line.mode.value] += line.cost_fen
    stated = view.plan.summary["cost_by_mode"]
    assert {mode: exact(spent[mode]).replace(",", "") for mode in stated} == stated


@pytest.mark.parametrize(
    ("listed", "name_of"),
    [
        (spending.by_county, lambda view, line: line.sending_county),
        (spending.by_city, lambda view, line: line.receiving_city),
        (spending.by_employer, lambda view, line: view.employers[line.employer_id].name),
    ],
)
def test_each_place_costs_what_its_lines_of_the_costs_say(made, listed, name_of):
    view, *_ = made
    own = Counter()
    for line in view.plan.costs:
        own[name_of(view, line)] += line.cost_fen
    assert {line.name: line.cost_fen for line in listed(view).lines} == own


def test_the_page_shows_the_sums_to_the_fen(made):
    view, _, path = made
    page = path.read_text("utf-8")
    total = exact(figures.total_fen(view))
    assert page.count(f'<td class="num">{total}</td>') == 5
    for line in (*spending.by_funding(view), *spending.by_employer(view).lines):
        assert exact(line.cost_fen) in page


def test_two_employers_of_one_name_stay_two(made):
    view, *_ = made
    same = {key: replace(employer, name="同名厂") for key, employer in view.employers.items()}
    assert [line.name for line in spending.by_employer(replace(view, employers=same)).lines] == ["同名厂"] * 6


def test_places_beyond_those_shown_are_folded_with_their_sum_in_the_open(made, tmp_path):
    view, settings, _ = made
    workers = {
        w: replace(worker, home=replace(worker.home, county_name=f"县{i % 20:02d}"))
        for i, (w, worker) in enumerate(view.workers.items())
    }
    many = replace(view, workers=workers, plan=replace(view.plan, costs=()))
    listing = spending.by_county(many)
    assert (len(listing.shown), len(listing.rest)) == (spending.SHOWN, 20 - spending.SHOWN)
    assert sum(line.people for line in listing.shown) + listing.rest_people == 51
    page = _page(tmp_path, settings, many)
    assert "<td>其余12个县（区）</td>" in page
    assert all(f"<td>县{n:02d}</td>" in page for n in range(20))


def test_one_place_more_than_fits_is_shown_rather_than_folded(made):
    view, *_ = made
    workers = {
        w: replace(worker, home=replace(worker.home, county_name=f"县{i % (spending.SHOWN + 1)}"))
        for i, (w, worker) in enumerate(view.workers.items())
    }
    assert spending.by_county(replace(view, workers=workers, plan=replace(view.plan, costs=()))).rest == ()


def test_load_is_the_fullest_point_over_seats(made):
    train = next(line for line in figures.fleet(made[0]) if line.mode == "train")
    assert train.load == pytest.approx(38 / 531)


def test_booking_deadlines_come_from_the_quotes_lead(made):
    """The train of 1 February, 7 days ahead, by 25 January; coaches of that day, 3 days ahead, by 29 January."""
    view, *_ = made
    train, coach = calendar.deadlines(view)
    assert (train.due, train.travel, train.mode, train.people) == (date(2023, 1, 25), date(2023, 2, 1), "train", 38)
    assert (train.names, train.trips, train.late) == (("G2093",), 1, False)
    assert (coach.due, coach.mode, coach.trips, coach.names) == (date(2023, 1, 29), "coach", 5, ("陇西运输集团",))


def test_a_lead_over_the_end_of_a_year_and_two_days_of_travel_are_two_dates(made):
    view, *_ = made
    offers = {key: replace(offer, book_days_before=40) for key, offer in view.offers.items()}
    trips = tuple(replace(t, departs_at=t.departs_at + timedelta(days=t.trip_id == "L-2")) for t in view.plan.trips)
    other = replace(view, offers=offers, plan=replace(view.plan, trips=trips))
    assert [(d.due, d.mode.value, d.trips, d.late) for d in calendar.deadlines(other)] == [
        (date(2022, 12, 23), "coach", 4, True),
        (date(2022, 12, 23), "train", 1, True),
        (date(2022, 12, 24), "coach", 1, True),
    ]


def test_a_deadline_before_the_plan_was_made_is_marked_overdue_and_counted(made, tmp_path):
    view, settings, path = made
    assert "已过期</b>" not in path.read_text("utf-8")
    late = replace(view, plan=replace(view.plan, made_at=view.plan.made_at + timedelta(days=7)))
    assert [d.late for d in calendar.deadlines(late)] == [True, False]
    page = _page(tmp_path, settings, late)
    assert page.count("已过期</b>") == 1
    assert "其中1批在制表时已过截止日" in page


def test_the_day_of_the_deadline_itself_is_not_overdue(made):
    view, *_ = made
    on_the_day = replace(view, plan=replace(view.plan, made_at=view.plan.made_at + timedelta(days=5)))
    assert [d.late for d in calendar.deadlines(on_the_day)] == [False, False]


def test_night_arrivals_count_people_at_their_gate(made):
    (night,) = calendar.nights(made[0])
    assert (night.evening, night.people, night.stations, night.gates) == (date(2023, 2, 1), 38, 0, 38)
    assert night.largest == [("青岛", 38)]


@pytest.mark.parametrize(
    ("clock", "evening"),
    [("21:59", None), ("22:00", 1), ("23:59", 1), ("00:00", 0), ("05:59", 0), ("06:00", None)],
)
def test_a_night_is_from_22_to_before_6_and_named_by_its_evening(made, clock, evening):
    """Everybody changes at the station at that time of 1 February and reaches the gate at noon of the day after."""
    view, *_ = made
    ends = {1: at("12:00", 1), 2: at(clock), 3: at("12:00", 1)}
    by_worker = {
        w: tuple(replace(leg, arrives_at=ends[leg.leg if len(legs) > 1 else 3]) for leg in legs)
        for w, legs in view.legs_by_worker.items()
    }
    found = [
        (n.evening, n.people, n.stations, n.gates) for n in calendar.nights(replace(view, legs_by_worker=by_worker))
    ]
    expected = date(2023, 1, 31) + timedelta(days=evening or 0)
    assert found == ([] if evening is None else [(expected, 38, 38, 0)])


def test_funding_kinds_count_accepted_and_carried(made):
    view, *_ = made
    rows = spending.by_funding(view)
    assert {line.kind for line in rows} == {"脱贫户", "监测户", "一般户"}
    assert (sum(line.accepted for line in rows), sum(line.carried for line in rows)) == (52, 51)


def test_a_funding_kind_costs_what_its_people_bear(made):
    """All to E5 and E6 share one coach, so that equal heads bear equal money but for a few odd fen."""
    view, *_ = made
    costs = tuple(line for line in view.plan.costs if line.trip_id == "D-1")
    lines = spending.by_funding(replace(view, plan=replace(view.plan, costs=costs)))
    heads = Counter(view.workers[leg.worker_id].funding for leg in view.plan.legs if leg.trip_id == "D-1")
    each = sum(line.cost_fen for line in costs) / 13
    for line in lines:
        assert line.cost_fen == pytest.approx(heads[line.kind] * each, abs=13)


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


def test_whoever_is_left_out_is_listed_by_surname_and_roster_number(made):
    view, _, path = made
    (worker_id,) = view.unserved
    assert [(p.name, p.number, p.county) for p in figures.left_out(view)] == [
        (view.workers[worker_id].name[0] + "*", worker_id, "临洮县")
    ]
    assert f"<td>{worker_id}</td>" in path.read_text("utf-8")


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
        assert seen.page.locator("h2").count() == 11
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_every_chart_has_a_name_a_description_and_the_same_numbers_in_a_table(made, visit):
    with visit(made[2]) as seen:
        page = seen.page
        charts_of = "svg[role=img]"
        assert page.locator(charts_of).count() == 3
        named = (
            "e => e.map(x => x.getAttribute('aria-labelledby').split(' ')"
            ".map(i => document.getElementById(i).textContent))"
        )
        assert all(title and desc for title, desc in page.eval_on_selector_all(charts_of, named))
        numbers = page.eval_on_selector_all("svg[role=img]:first-of-type text.middle", "e => e.map(x => x.textContent)")
        assert "51" in numbers
        page.click("text=查看数据表")
        assert page.locator("details[open] tbody tr").count() == 1
        assert page.locator("svg:not([role=img]):not([aria-hidden=true])").count() == 0


def test_folded_tables_open_without_a_script(made, visit):
    with visit(made[2]) as seen:
        assert seen.page.locator("script").count() == 0
        hidden = seen.page.locator("#left-out")
        assert not hidden.is_visible()
        seen.page.click("text=逐一列出1名未安排人员")
        assert hidden.is_visible()


def test_the_report_of_a_large_plan_prints_on_two_pages(made, tmp_path, browser):
    view, settings, _ = made
    employers = {f"E{n}": replace(view.employers["E1"], employer_id=f"E{n}", name=f"第{n}电子厂") for n in range(1, 52)}
    workers = {
        w: replace(worker, employer_id=f"E{i % 51 + 1}", home=replace(worker.home, county_name=f"县{i:02d}"))
        for i, (w, worker) in enumerate(view.workers.items())
    }
    many = replace(view, workers=workers, employers=employers, plan=replace(view.plan, costs=()))
    page = browser.new_page()
    page.goto(write_report(many, tmp_path, settings)[0].as_uri())
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2


def test_columns_of_days_stand_on_a_scale_in_round_numbers():
    days = [(date(2023, 2, n), {Mode.COACH: 10 * n, Mode.TRAIN: 30, Mode.FLIGHT: 0}) for n in range(1, 4)]
    drawing = charts.columns(days)
    assert [mark.text for mark in drawing.marks if mark.css == "end"] == ["0", "20", "40", "60"]
    assert len(drawing.boxes) == 6
    zero, top = drawing.rules[0], drawing.rules[-1]
    assert sum(box.height for box in drawing.boxes[4:]) == pytest.approx(zero - top, abs=0.2)
    assert min(box.y for box in drawing.boxes) == pytest.approx(top, abs=0.2)


@pytest.mark.parametrize(("most", "step"), [(1, 1), (4, 1), (5, 2), (9, 5), (40, 10), (5220, 2000)])
def test_a_scale_has_at_most_four_parts(most, step):
    assert charts.round_step(most) == step


@pytest.mark.parametrize("count", [1, 24, 60, 400])
def test_dates_under_the_columns_do_not_run_into_each_other(count):
    days = [(date(2023, 1, 1) + timedelta(days=n), {Mode.COACH: 5}) for n in range(count)]
    drawing = charts.columns(days)
    dates = sorted(mark.x for mark in drawing.marks if "/" in mark.text)
    assert all(b - a >= 34 for a, b in pairwise(dates))


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
