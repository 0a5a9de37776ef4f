"""The feed of the plan: what every reader of GTFS accepts, no trip more or less, and nobody in it."""

import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from io import StringIO
from string import Formatter
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest

from dispatch.publish.gtfs import write_gtfs
from dispatch.publish.gtfs.service import service_day, service_time
from dispatch.publish.gtfs.tables import shown
from dispatch.publish.view import build_view
from tests.publish.feed_validators import errors_of_guru, errors_of_validator
from tests.publish.sample_plan import sample

TABLES = ["agency", "stops", "routes", "trips", "stop_times", "calendar_dates", "transfers", "feed_info"]
MADE = date(2023, 1, 20)


@pytest.fixture
def made(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    view = build_view(plan, inputs, settings)
    return view, write_gtfs(view, tmp_path, settings)[0]


def _tables(path):
    with ZipFile(path) as archive:
        return {
            name.removesuffix(".txt"): list(csv.DictReader(StringIO(archive.read(name).decode("utf-8"))))
            for name in archive.namelist()
        }


def _errors(path, folder):
    return errors_of_guru(path, MADE), errors_of_validator(path, MADE, folder / "report")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_validators_find_no_error(tmp_path, language):
    plan, inputs, settings = sample(tmp_path, language)
    path = write_gtfs(build_view(plan, inputs, settings), tmp_path, settings)[0]
    assert _errors(path, tmp_path) == ([], [])


def test_the_validators_would_find_one(made, tmp_path):
    bad = tmp_path / "bad.zip"
    with ZipFile(made[1]) as good, ZipFile(bad, "w") as copy:
        for name in good.namelist():
            copy.writestr(name, good.read(name).replace(b"41:30:00,41:35:00", b"41:30:00,41:20:00"))
    assert all(_errors(bad, tmp_path))


def test_a_feed_of_harmful_names_is_valid_and_starts_no_formula(harmful_view, tmp_path):
    view, settings = harmful_view
    trips = tuple(replace(t, operator=f"=cmd\n|{t.operator}", vehicle="\u202e@x\r\n") for t in view.plan.trips)
    view = replace(view, plan=replace(view.plan, trips=trips), trips={t.trip_id: t for t in trips})
    path = write_gtfs(view, tmp_path, settings)[0]
    assert _errors(path, tmp_path) == ([], [])
    cells = [cell for rows in _tables(path).values() for row in rows for cell in row.values()]
    assert [cell for cell in cells if cell.startswith(("=", "@", "+", "-", "＝")) or "\n" in cell] == []
    assert any(cell.startswith("'=cmd |") for cell in cells)


def test_every_trip_and_call_of_the_plan_is_in_the_feed_and_no_other(made):
    view, path = made
    tables = _tables(path)
    assert [t["trip_id"] for t in tables["trips"]] == [t.trip_id for t in view.plan.trips]
    calls = [(t.trip_id, str(c.seq), c.stop_id) for t in view.plan.trips for c in t.calls if c.stop_id]
    assert [(c["trip_id"], c["stop_sequence"], c["stop_id"]) for c in tables["stop_times"]] == calls
    assert {s["stop_id"] for s in tables["stops"]} == {stop for *_, stop in calls}
    assert len(tables["stops"]) == len({stop for *_, stop in calls})
    assert {t["route_id"] for t in tables["trips"]} == {r["route_id"] for r in tables["routes"]}


def test_each_time_of_the_feed_is_that_of_the_plan(made):
    view, path = made
    tables = _tables(path)
    day_of = {t["trip_id"]: t["service_id"] for t in tables["trips"]}
    calls = {(t.trip_id, str(c.seq)): c for t in view.plan.trips for c in t.calls}
    for row in tables["stop_times"]:
        call = calls[row["trip_id"], row["stop_sequence"]]
        midnight = datetime.strptime(day_of[row["trip_id"]], "%Y%m%d").replace(tzinfo=view.zone)
        for column, instant in (("arrival_time", call.arrives_at), ("departure_time", call.departs_at)):
            hours, minutes, seconds = map(int, row[column].split(":"))
            assert midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds) == instant


def test_times_after_midnight_pass_24_hours_and_rest_stops_are_no_stops(made):
    rows = [r for r in _tables(made[1])["stop_times"] if r["trip_id"] == "D-1"]
    assert [(r["stop_id"], r["arrival_time"], r["departure_time"]) for r in rows] == [
        ("S4", "14:00:00", "14:10:00"),
        ("E6", "41:30:00", "41:35:00"),
        ("E5", "43:00:00", "43:00:00"),
    ]


def test_people_board_and_alight_only_where_the_plan_has_somebody_do_so(made):
    rows = [r for r in _tables(made[1])["stop_times"] if r["trip_id"] == "F-1"]
    assert [(r["pickup_type"], r["drop_off_type"]) for r in rows] == [("0", "1"), ("0", "1"), ("1", "0")]


def test_trains_flights_and_coaches_have_their_types_and_trains_their_number(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    trips = tuple(replace(t, mode="flight") if t.trip_id == "T-G2093-0201" else t for t in plan.trips)
    for plan_of, kind in ((plan, "2"), (replace(plan, trips=trips), "1100")):
        path = write_gtfs(build_view(plan_of, inputs, settings), tmp_path, settings)[0]
        routes = {r["route_short_name"]: r["route_type"] for r in _tables(path)["routes"]}
        assert routes == {"": "3", "G2093": kind}
        assert _errors(path, tmp_path) == ([], [])


def test_connections_are_transfers_with_the_least_time_of_the_policy(made):
    rows = _tables(made[1])["transfers"]
    assert [(r["from_trip_id"], r["to_trip_id"], r["from_stop_id"], r["min_transfer_time"]) for r in rows] == [
        ("F-1", "T-G2093-0201", "R1", "3600"),
        ("F-2", "T-G2093-0201", "R1", "3600"),
        ("T-G2093-0201", "L-1", "R2", "1800"),
        ("T-G2093-0201", "L-2", "R2", "1800"),
    ]


def test_the_version_tells_revision_time_and_audience(made):
    path = made[1]
    info = _tables(path)["feed_info"][0]
    assert info["feed_version"].split(" · ")[:3] == ["3", "2023-01-20T09:05+08:00", "接收地人社部门"]
    assert (info["feed_start_date"], info["feed_end_date"]) == ("20230201", "20230201")
    with ZipFile(path) as archive:
        assert archive.comment.decode("utf-8").startswith("方案第3版　制表时间：2023-01-20 09:05")


def test_a_second_run_gives_the_same_bytes(made, tmp_path):
    view, path = made
    before = path.read_bytes()
    assert write_gtfs(view, tmp_path, view.settings)[0].read_bytes() == before
    with ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2023, 1, 20, 9, 5, 0)}
        assert archive.namelist() == [f"{name}.txt" for name in TABLES]


def test_nobody_and_no_count_of_people_is_in_the_feed(made, secrets):
    with ZipFile(made[1]) as archive:
        content = "".join(archive.read(name).decode("utf-8") for name in archive.namelist())
    assert [s for s in secrets if s in content] == []
    assert [c for rows in _tables(made[1]).values() for c in rows[0] if "passenger" in c or "people" in c] == []


def test_the_address_of_the_office_is_configured(tmp_path):
    plan, inputs, settings = sample(tmp_path, feed_url="https://hrss.example.org/p2p")
    tables = _tables(write_gtfs(build_view(plan, inputs, settings), tmp_path, settings)[0])
    assert {a["agency_url"] for a in tables["agency"]} == {"https://hrss.example.org/p2p"}


def test_ids_that_look_alike_stay_apart(made, tmp_path):
    view, _ = made
    other = {"S1": "A/1", "S2": "A:1"}
    trips = tuple(
        replace(t, calls=tuple(replace(c, stop_id=other.get(c.stop_id, c.stop_id)) for c in t.calls))
        for t in view.plan.trips
    )
    view = replace(view, plan=replace(view.plan, trips=trips))
    path = write_gtfs(view, tmp_path, view.settings)[0]
    assert _errors(path, tmp_path) == ([], [])
    assert len(_tables(path)["stops"]) == len(_tables(made[1])["stops"])


def test_names_are_one_line_of_marks_that_can_be_seen():
    assert shown(" a\n\tb\ufffd\u200b ") == "a b"


def test_a_coach_that_stands_before_midnight_belongs_to_that_day():
    zone = ZoneInfo("Asia/Shanghai")
    first, leaves = datetime(2023, 2, 1, 23, 55, tzinfo=zone), datetime(2023, 2, 2, 0, 10, tzinfo=zone)
    day = service_day(first, zone)
    assert day == date(2023, 2, 1)
    assert (service_time(first, day, zone), service_time(leaves, day, zone)) == ("23:55:00", "24:10:00")


def test_no_time_is_negative_in_the_night_the_clocks_go_back():
    zone = ZoneInfo("Europe/Berlin")
    first = datetime(2023, 10, 28, 22, 30, tzinfo=UTC)  # 00:30 in Berlin on the day that has 25 hours
    day = service_day(first, zone)
    assert (day, service_time(first, day, zone)) == (date(2023, 10, 28), "24:30:00")
    noon = datetime(2023, 10, 29, 12, tzinfo=zone)
    assert service_time(noon, date(2023, 10, 29), zone) == "12:00:00"


def test_every_wording_exists_in_both_languages_with_the_same_blanks():
    for key, wordings in json.loads((files("dispatch") / "texts" / "gtfs.json").read_text("utf-8")).items():
        assert wordings.keys() == {"zh", "en"}, key
        blanks = [{name for _, name, _, _ in Formatter().parse(w) if name} for w in wordings.values()]
        assert blanks[0] == blanks[1], key


def test_the_id_of_a_home_tells_nobody_who_lives_there(tmp_path):
    """An office may call a parent's home by the family's name."""
    plan, inputs, settings = sample(tmp_path)

    def named(stop_id):
        return "赵六家" if stop_id == "E1" else stop_id

    employers = tuple(
        replace(e, employer_id=named(e.employer_id), private=e.employer_id == "E1") for e in inputs.employers
    )
    workers = tuple(replace(w, employer_id=named(w.employer_id)) for w in inputs.workers)
    stops = tuple(replace(s, stop_id=named(s.stop_id)) for s in inputs.stops)
    legs = tuple(replace(leg, alight_stop=named(leg.alight_stop)) for leg in plan.legs)
    trips = tuple(replace(t, calls=tuple(replace(c, stop_id=named(c.stop_id)) for c in t.calls)) for t in plan.trips)
    view = build_view(
        replace(plan, trips=trips, legs=legs),
        replace(inputs, employers=employers, workers=workers, stops=stops),
        settings,
    )
    path = write_gtfs(view, tmp_path, settings)[0]
    with ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if "赵六" in archive.read(name).decode("utf-8")]
    tables = _tables(path)
    assert {row["stop_id"] for row in tables["stop_times"]} == {row["stop_id"] for row in tables["stops"]}
    assert "E2" in {row["stop_id"] for row in tables["stops"]}
