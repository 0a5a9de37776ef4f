"""Quotes, road times and employers that are possible and hardly meant."""

import pytest

from dispatch.intake.notices import describe
from dispatch.model.notice import Severity


def found(office, *codes):
    return [(n.code, n.severity, n.column, n.value) for n in office.read()[1] if not codes or n.code in codes]


def problems(office):
    return [f for f in found(office) if f[1] is not Severity.NOTE]


def test_ordinary_quotes_are_not_doubted(office):
    assert problems(office) == []


CASES = [
    ("train", {"departs": "10:00", "arrives": "10:20"}, ("too_fast", "error", "arrives", "581")),
    ("train", {"seat_cost": 10_000}, ("price_high", "warning", "seat_cost", "10000")),
    ("train", {"seat_cost": 0}, ("price_missing", "warning", "seat_cost", "0")),
    ("train", {"available": 0}, ("available_none", "warning", "available", "0")),
    ("train", {"seats": 99_999}, ("many_seats", "warning", "seats", "99999")),
    ("train", {"available": 99_999}, ("many_available", "warning", "available", "99999")),
    ("train", {"basis": "包车", "available": 5_000}, ("many_vehicles", "error", "available", "5000")),
    ("coach", {"seats": 500}, ("many_seats", "warning", "seats", "500")),
    ("coach", {"fixed_cost": 370_000}, ("price_high", "warning", "fixed_cost", "10000")),
    ("coach", {"km_cost": ""}, ("price_missing", "warning", "seat_cost", "")),
    (
        "coach",
        {"origin_stop": "S2", "destination_stop": "S3", "departs": "08:00", "arrives": "09:07"},
        ("too_fast", "error", "arrives", "179"),
    ),
]


@pytest.mark.parametrize(("quote", "cells", "said"), CASES)
def test_an_impossible_quote_is_said_in_its_cell_with_the_value(office, quote, cells, said):
    office.tables["offers"] = [getattr(office, quote)(**cells)]
    assert problems(office) == [said]
    (notice,) = [n for n in office.read()[1] if n.code == said[0]]
    assert all(said[3] in describe(notice, language)[0] for language in ("zh", "en") if said[0] in {"too_fast"})


def test_a_train_that_is_fast_and_possible_is_not_doubted(office):
    office.tables["offers"] = [office.train(departs="10:00", arrives="10:40")]
    assert problems(office) == []


def test_the_limits_are_the_configs(office):
    office.config = "policy: {quotes: {train_kmh: 700, coach_seats: 600}}\n"
    office.tables["offers"] = [office.train(departs="10:00", arrives="10:20"), office.coach(seats=500)]
    assert problems(office) == []


def test_the_same_quote_twice_is_a_warning_with_the_other_row(office):
    office.tables["offers"] = [office.train(), office.coach(), office.train(offer_id="T2")]
    (twice,) = [n for n in office.read()[1] if n.code == "offer_twice"]
    assert (twice.severity, twice.row, dict(twice.params)) == (Severity.WARNING, 4, {"first": "2"})


def test_road_times_that_no_coach_drives_are_warnings(office):
    office.files["travel_times"] = "travel_times.csv"
    office.tables["travel_times"] = [
        {"from_stop": "S1", "to_stop": "S2", "minutes": 60, "km": 50},
        {"from_stop": "S2", "to_stop": "S3", "minutes": 60, "km": 150},
        {"from_stop": "S2", "to_stop": "S1", "minutes": 60, "km": 10},
    ]
    assert problems(office) == [
        ("km_too_short", "warning", "km", "150"),
        ("km_too_short", "warning", "km", "10"),
        ("too_fast", "warning", "minutes", "148"),
    ]


def test_employers_are_looked_at_with_the_same_care(office):
    office.tables["employers"] += [
        {"employer_id": "E2", "name": "甲", "city": "西安市", "district": "雁塔区", "lat": 30.5, "lon": 114.3},
        {"employer_id": "E3", "name": "乙", "lat": 34.2, "lon": 108.9, "phone": "123", "headcount": 0},
        {"employer_id": "E4", "name": "丙", "lat": 34.2, "lon": 108.9, "receive_from": "08:00", "receive_to": "08:00"},
    ]
    said = found(office, "employer_far", "phone_bad", "headcount_zero", "receive_never")
    assert sorted(said) == [
        ("employer_far", "warning", "lat", "650"),
        ("headcount_zero", "warning", "headcount", "0"),
        ("phone_bad", "warning", "phone", "123"),
        ("receive_never", "warning", "receive_to", "08:00"),
    ]
