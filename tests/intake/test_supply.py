"""Stops, employers, offers, calls, travel times."""

from datetime import date, timedelta

import pytest

from dispatch.intake.notices import describe
from dispatch.model.demand import TravelEntry
from dispatch.model.supply import Basis, Mode, OfferCall, Role, StopKind
from dispatch.model.units import DailyHours


def test_every_employer_has_a_gate_open_in_its_receiving_hours(office):
    office.tables["employers"][0] |= {"receive_from": "20:00", "receive_to": "06:30"}
    inputs, _ = office.read()
    gate = inputs.stops[-1]
    assert (gate.stop_id, gate.kind, gate.hours) == ("E1", StopKind.GATE, DailyHours(1200, 390))
    assert gate.hours.contains(23 * 60)


def test_receiving_hours_may_stand_in_one_cell(office):
    office.tables["employers"][0]["接收时段"] = "8:00至18:30"
    assert [e.hours for e in office.read()[0].employers] == [DailyHours(480, 1110)]


def test_a_gate_of_the_stops_file_is_kept_and_takes_the_hours_it_lacks(office):
    office.tables["employers"][0] |= {"receive_from": "08:00", "receive_to": "18:00"}
    office.tables["stops"].append({"stop_id": "E1", "name": "东门", "kind": "厂门", "lat": 34.21, "lon": 108.91})
    gates = [s for s in office.read()[0].stops if s.stop_id == "E1"]
    assert [(g.name, g.hours) for g in gates] == [("东门", DailyHours(480, 1080))]


def test_an_employer_without_coordinates_is_placed_at_its_district_with_a_warning(office):
    office.tables["employers"] = [
        {"employer_id": "E1", "name": "示例电子有限公司", "city": "青岛市", "district": "胶州市"},
        {"employer_id": "E2", "name": "某厂", "city": "某市"},
    ]
    inputs, notices = office.read()
    assert [round(e.position.lat, 1) for e in inputs.employers] == [36.3]
    found = [(n.code, n.row) for n in notices if n.code.startswith("position_")]
    assert found == [("position_from_division", 2), ("position_missing", 3)]


@pytest.mark.parametrize(
    ("departs", "arrives"), [(9, 17), (630, 1415), (9.3, 17.45), (1, 1.15), (0.3, 1.3), (True, 17), (-0.5, 2.5)]
)
def test_an_hour_that_was_typed_as_a_number_is_no_time(office, departs, arrives):
    """9 would be nine days after midnight, 1.15 a quarter past one or 03:36 of the next day."""
    train = office.train(departs=departs, arrives=arrives)
    office.write_xlsx("offers", [list(train), list(train.values())])
    assert [(code, column) for code, _, column, _ in office.errors()] == [
        ("bad_time", "departs"),
        ("bad_time", "arrives"),
    ]


def test_a_fraction_of_a_day_is_the_time_that_a_spreadsheet_means(office):
    train = office.train(departs=0.75, arrives=1 + (6 * 60 + 10) / 1440)
    office.write_xlsx("offers", [list(train), list(train.values())])
    (offer,) = office.read()[0].offers
    assert [call.departs_min for call in offer.calls] == [18 * 60, 1440 + 6 * 60 + 10]


JANUARY = (date(2026, 1, 5), date(2026, 1, 20))
SEASON = (date(2026, 2, 2), date(2026, 3, 13))


@pytest.mark.parametrize(
    ("horizon", "begin", "end", "read"),
    [
        (JANUARY, "12月20日", "", ((2025, 12, 20), (2026, 1, 20))),
        (JANUARY, "12月20日", "12月30日", ((2025, 12, 20), (2025, 12, 30))),
        (JANUARY, "1月1日", "12月31日", ((2026, 1, 1), (2026, 12, 31))),
        (JANUARY, "", "12月31日", ((2026, 1, 5), (2026, 12, 31))),
        (SEASON, "", "12月31日", ((2026, 2, 2), (2026, 12, 31))),
        (SEASON, "1月25日", "3月13日", ((2026, 1, 25), (2026, 3, 13))),
        (SEASON, "2025-11-01", "3月31日", ((2025, 11, 1), (2026, 3, 31))),
        ((date(2026, 12, 20), date(2026, 12, 30)), "12月25日", "1月8日", ((2026, 12, 25), (2027, 1, 8))),
    ],
)
def test_an_offer_without_years_lies_about_the_horizon_and_ends_after_it_began(office, horizon, begin, end, read):
    office.horizon = horizon
    office.tables["offers"] = [office.coach(from_date=begin, to_date=end)]
    (offer,) = office.read()[0].offers
    assert (offer.from_date, offer.to_date) == (date(*read[0]), date(*read[1]))


def test_an_offer_that_ended_before_the_horizon_is_not_taken_for_one_of_next_year(office):
    office.horizon = JANUARY
    office.tables["offers"] = [office.coach(to_date="1月3日")]
    assert office.errors()[0][0] == "ends_before_begin"


@pytest.mark.parametrize("sign", "=+-@＝＠")
def test_an_id_that_begins_as_a_formula_is_refused_since_the_plans_tables_show_ids_as_they_are(office, sign):
    office.tables["workers"][1] |= {"worker_id": f"{sign}W2"}
    office.tables["employers"].append(office.tables["employers"][0] | {"employer_id": f"{sign}E2", "name": "另一家"})
    office.tables["stops"].append(office.tables["stops"][0] | {"stop_id": f"{sign}S4", "name": "另一站"})
    office.tables["offers"].append(office.coach(offer_id=f"{sign}C2"))
    refused = [(code, row, column) for code, row, column, _ in office.errors()]
    assert sorted(refused, key=lambda r: r[2]) == [
        ("id_formula", 3, "employer_id"),
        ("id_formula", 4, "offer_id"),
        ("id_formula", 5, "stop_id"),
        ("id_formula", 3, "worker_id"),
    ]


def test_offers_are_read_in_chinese_with_two_calls_from_their_own_columns(office):
    office.tables["offers"] = [
        office.coach(fixed_cost="1,200.50", km_cost=9.600000000000001),
        office.train(role="干线"),
    ]
    coach, train = office.read()[0].offers
    assert (coach.mode, coach.basis, coach.role, coach.base_stop) == (Mode.COACH, Basis.CHARTER, Role.ANY, "S1")
    assert (coach.fixed_fen, coach.km_fen) == (120050, 960)
    assert (coach.from_date, coach.to_date) == (date(2026, 2, 25), date(2026, 3, 1))
    assert train.calls == (OfferCall("S2", 1350, 1350, True, False), OfferCall("S3", 1810, 1810, False, True))


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"mode": "火箭"}, "unknown_mode", "mode"),
        ({"basis": "白送"}, "unknown_basis", "basis"),
        ({"seats": 0}, "no_seats", "seats"),
        ({"seats": "许多"}, "bad_number", "seats"),
        ({"available": "1.5"}, "bad_number", "available"),
        ({"fixed_cost": "-3"}, "bad_number", "fixed_cost"),
        ({"seats": "1e30"}, "bad_number", "seats"),
        ({"available": "1e10"}, "bad_number", "available"),
        ({"seat_cost": "1e24"}, "bad_number", "seat_cost"),
        ({"min_passengers": 21}, "minimum_above_seats", "min_passengers"),
        ({"arrives": "06:10"}, "arrives_before_departs", "arrives"),
        ({"departs": "25:00"}, "bad_time", "departs"),
        ({"departs": ""}, "value_missing", "departs"),
        ({"origin_stop": "月台"}, "unknown_stop", "origin_stop"),
        ({"to_date": "2026-02-20", "from_date": "2026-02-25"}, "ends_before_begin", "to_date"),
    ],
)
def test_a_bad_quote_is_refused_in_its_cell(office, cells, code, column):
    office.tables["offers"] = [office.coach(), office.train(**cells)]
    inputs, _ = office.read()
    assert [(c, row, key) for c, row, key, _ in office.errors()] == [(code, 3, column)]
    assert [o.offer_id for o in inputs.offers] == ["C1"]


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("", None),
        ("1 3", [25, 30]),
        ("3,4", [25, 26]),
        ("周三、周日", [25, 29]),
        ("星期五；礼拜天", [27, 29]),
        ("Wed, thursday", [25, 26]),
        ("７", [29]),
        ("2月26日", [26]),
        ("2026-02-27 2月28日、20260301", [27, 28, 29]),
        ("正月十一", [27]),
        (" 2 月 26 日 ", [26]),
        ("46079", [26]),
        ("周三，2026/2/28", [25, 28]),
    ],
)
def test_the_days_of_an_offer_are_weekdays_or_dates(office, cell, days):
    """The horizon is 25 February (Wednesday) to 1 March (Sunday, here 29 for short; 30 is the Monday after)."""
    office.tables["offers"] = [office.coach(days=cell, to_date="2026-03-02")]
    (offer,) = office.read()[0].offers
    expected = None if days is None else {date(2026, 2, 25) + timedelta(days=d - 25) for d in days}
    assert offer.days == expected
    running = [d for d in range(25, 31) if offer.runs_on(date(2026, 2, 25) + timedelta(days=d - 25))]
    assert running == (list(range(25, 31)) if days is None else days)
    assert office.errors() == []


@pytest.mark.parametrize(
    ("cell", "code", "value"),
    [
        ("周三 周八", "unknown_day", "周八"),
        ("1 3 8", "unknown_day", "8"),
        ("2月30日", "unknown_day", "2月30日"),
        ("每逢双日", "unknown_day", "每逢双日"),
        ("2月26日、3月5日", "day_outside", "3月5日"),
        ("周三 2026-02-24", "day_outside", "2026-02-24"),
        ("周一 2", "no_day_left", "周一 2"),
        ("、", "no_day_left", "、"),
    ],
)
def test_days_that_nobody_can_run_on_are_refused_in_their_cell(office, cell, code, value):
    office.tables["offers"] = [office.coach(), office.train(运行日=cell)]
    inputs, notices = office.read()
    assert office.errors() == [(code, 3, "运行日", value)]
    assert [o.offer_id for o in inputs.offers] == ["C1"]
    (said,) = (n for n in notices if n.code == code)
    assert all(value in describe(said, language)[0] for language in ("zh", "en"))


def test_days_outside_the_horizon_are_warned_of_and_kept(office):
    office.tables["offers"] = [office.coach(days="3月4日", to_date="2026-03-09")]
    inputs, notices = office.read()
    found = [(n.row, n.column, n.value) for n in notices if n.code == "no_day_in_horizon"]
    assert found == [(2, "days", "3月4日")]
    assert inputs.offers[0].days == {date(2026, 3, 4)}


def test_dates_in_a_wrong_order_are_said_once(office):
    office.tables["offers"] = [office.coach(days="周三", from_date="2026-02-28", to_date="2026-02-25")]
    assert [c for c, *_ in office.errors()] == ["ends_before_begin"]


def test_a_coach_needs_a_base_and_is_always_chartered(office):
    office.tables["offers"] = [office.coach(base_stop=""), office.coach(offer_id="C2", basis="散票")]
    assert [(c, row) for c, row, *_ in office.errors()] == [("value_missing", 2), ("coach_not_chartered", 3)]


def call(seq, stop, arrives="", departs="", **cells):
    return {"offer_id": "T1", "seq": seq, "stop_id": stop, "arrives": arrives, "departs": departs} | cells


def test_a_train_that_picks_up_along_the_way_takes_its_calls_in_order(office):
    office.files["calls"] = "calls.csv"
    office.tables["offers"] = [office.train(origin_stop="", destination_stop="", departs="", arrives="")]
    office.tables["calls"] = [
        call(3, "S3", "00:40+1"),
        call(1, "S1", "", "22:00"),
        call(2, "S2", "23:00", "23:05", alight="否"),
    ]
    assert office.read()[0].offers[0].calls == (
        OfferCall("S1", 1320, 1320, True, False),
        OfferCall("S2", 1380, 1385, True, False),
        OfferCall("S3", 1480, 1480, False, True),
    )


def test_calls_that_run_backwards_refuse_the_offer(office):
    office.files["calls"] = "calls.csv"
    office.tables["calls"] = [
        call(1, "S2", "", "22:00"),
        call(2, "S3", "00:40"),
        call(1, "S2", "", "9:00", offer_id="T9"),
    ]
    inputs, _ = office.read()
    errors = {(c, row) for c, row, *_ in office.errors()}
    assert errors == {("arrives_before_departs", 3), ("unknown_offer", 4), ("broken_calls", 3)}
    assert [o.offer_id for o in inputs.offers] == ["C1"]


def test_travel_times_round_minutes_up_and_warn_of_unknown_stops(office):
    office.files["travel_times"] = "travel_times.csv"
    office.tables["travel_times"] = [
        {"from_stop": "平陆集合点", "to_stop": "E1", "minutes": "180.2", "km": "230.5"},
        {"from_stop": "S1", "to_stop": "140829", "minutes": 5, "km": 1},
        {"from_stop": "S1", "to_stop": "nowhere", "minutes": 5, "km": 1},
    ]
    inputs, notices = office.read()
    assert inputs.travel_entries[0] == TravelEntry("S1", "E1", 181, 230_500)
    assert [(n.code, n.row) for n in notices if "stop" in n.code] == [("unknown_stop_in_table", 4)]


@pytest.mark.parametrize("cells", [{"km": "1e9"}, {"minutes": "1e9"}])
def test_a_road_that_is_longer_than_any_is_refused_in_its_cell(office, cells):
    office.files["travel_times"] = "travel_times.csv"
    office.tables["travel_times"] = [{"from_stop": "S1", "to_stop": "S2", "minutes": 60, "km": 40} | cells]
    assert [(code, column) for code, _, column, _ in office.errors()] == [("bad_number", *cells)]


def test_a_square_of_the_config_that_is_no_stop_is_an_error_with_the_nearest_ids(office):
    office.config = "policy:\n  squares:\n    S1: {people_per_hour: 300}\n    S9: {coaches_per_hour: 6}\n"
    _, notices = office.read()
    (found,) = [n for n in notices if n.code == "unknown_square"]
    assert (found.severity, found.file, found.column, found.value) == ("error", "test.yaml", "policy.squares", "S9")
    assert "S1" in found.suggestions
    for language in ("zh", "en"):
        assert all("S9" in words or "stop_id" in words or "站点" in words for words in describe(found, language))


def test_a_gate_may_be_a_square(office):
    office.config = "policy: {squares: {E1: {people_per_hour: 300}}}\n"
    assert office.errors() == []


@pytest.mark.parametrize(
    "row", [{"name": "大兴区样例小区8号（家长住址）"}, {"name": "样例小区8号", "接收点类型": "住址"}]
)
def test_a_home_among_the_employers_is_known_as_one_and_in_which_township_it_lies(office, row):
    office.tables["employers"][0] |= {"city": "北京市", "district": "大兴区", "address": "大兴区黄村镇样例路92号"} | row
    inputs, _ = office.read()
    gate = inputs.stops[-1]
    assert inputs.employers[0].private
    assert (gate.stop_id, gate.kind, gate.township) == ("E1", StopKind.HOME, "黄村镇")


def test_a_site_stated_to_be_a_factory_is_no_home_whatever_its_name(office):
    office.tables["employers"][0] |= {"name": "家长学校", "接收点类型": "厂门"}
    inputs, _ = office.read()
    assert not inputs.employers[0].private
    assert inputs.stops[-1].kind is StopKind.GATE


def test_a_stop_row_of_kind_home_makes_the_employers_gate_a_home(office):
    office.tables["stops"].append({"stop_id": "E1", "name": "某小区", "kind": "住址", "lat": 34.21, "lon": 108.91})
    assert next(s for s in office.read()[0].stops if s.stop_id == "E1").kind is StopKind.HOME
