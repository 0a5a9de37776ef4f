"""The bundle on disk: what is written is read back, what is damaged is named, nothing is half written."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import operation
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.errors import StorageError
from dispatch.model.plan import Call, CostLine, Leg, Plan, Trip, Unserved
from dispatch.model.supply import Mode, Role
from dispatch.model.units import Position
from dispatch.plan.bundle import HEADINGS, read_bundle, write_bundle

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8) | st.sampled_from(
    ["a,b", 'say "x"', "两\n行", "", "=1+1", "'=1+1", "''@x", "\u3000-", "'a"]
)
counts = st.integers(0, 10**6)
instants = st.integers(0, 50_000_000).map(
    lambda minutes: datetime(2000, 1, 1, tzinfo=timezone(timedelta(hours=8))) + timedelta(minutes=minutes)
)
positions = st.builds(
    Position, st.floats(-90, 90, allow_nan=False, width=32), st.floats(-180, 180, allow_nan=False, width=32)
)


@st.composite
def plans(draw):
    def some(kind, **fixed):
        return draw(st.builds(kind, **fixed))

    trips = []
    for i in range(draw(st.integers(0, 3))):
        trip_id = f"trip {i}"
        call = {"trip_id": st.just(trip_id), "stop_id": texts, "stop_name": texts, "position": positions}
        times = {"arrives_at": instants, "departs_at": instants}
        numbers = dict.fromkeys(("seq", "board", "alight", "onboard_after", "rest_minutes"), counts)
        calls = [some(Call, **call, **times, **numbers) for _ in range(draw(st.integers(0, 3)))]
        words = dict.fromkeys(("offer_id", "operator", "vehicle", "origin_stop", "destination_stop"), texts)
        sizes = dict.fromkeys(("seats", "drivers", "passengers", "distance_m", "cost_fen"), counts)
        kinds = {"mode": st.sampled_from(Mode), "role": st.sampled_from(Role)}
        trips.append(
            some(Trip, trip_id=st.just(trip_id), **words, **sizes, **times, **kinds, calls=st.just(tuple(calls)))
        )
    leg = dict.fromkeys(("worker_id", "trip_id", "board_stop", "alight_stop", "seat"), texts)
    leg |= dict.fromkeys(("leg", "from_seq", "to_seq"), counts) | {"departs_at": instants, "arrives_at": instants}
    left = dict.fromkeys(("worker_id", "reason", "detail", "remedy"), texts)
    cost = dict.fromkeys(("trip_id", "sending_county", "receiving_city", "employer_id"), texts)
    cost |= {"passengers": counts, "cost_fen": st.integers(-(10**6), 10**9)}
    own = {"name": "x", "revision": 3, "made_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).isoformat()}
    return Plan(
        "x", 3, datetime.fromisoformat(own["made_at"]), tuple(trips),
        tuple(draw(st.lists(st.builds(Leg, **leg), max_size=3))),
        tuple(draw(st.lists(st.builds(Unserved, **left), max_size=3))),
        tuple(draw(st.lists(st.builds(CostLine, **cost), max_size=3))), own | {"served": 1},
    )  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans())
def test_what_is_written_is_read_back(plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle") / "plan"
    write_bundle(plan, "{}", folder)
    assert read_bundle(folder) == plan


def test_the_files_have_the_agreed_form(tmp_path):
    folder = operation.write(tmp_path / "plan")
    assert {p.name for p in folder.iterdir()} == {*HEADINGS, "summary.json", "problem.json"}
    for name, heading in HEADINGS.items():
        raw = (folder / name).read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf" + heading.encode() + b"\r\n")
    with (folder / "trips.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    assert row["departs_at"] == "2023-02-01T06:00:00+08:00"
    assert row["cost"] == "1589.05"
    assert row["distance_km"] == f"{operation.plan().trips[0].distance_m / 1000:.3f}"


def test_no_word_of_the_bundle_starts_a_formula_and_ids_stand_as_they_are(tmp_path):
    plan = operation.plan()

    def hostile_trip(trip):
        calls = tuple(replace(call, stop_name=f"-{call.stop_name}") for call in trip.calls)
        return replace(trip, operator="=1+1", vehicle="＠x", calls=calls)

    left = (Unserved("W99", "no_seats", "+1", "=2"),)
    costs = tuple(replace(line, sending_county="=A1", receiving_city="@x") for line in plan.costs)
    hostile = replace(plan, trips=tuple(map(hostile_trip, plan.trips)), unserved=left, costs=costs)
    write_bundle(hostile, "{}", tmp_path / "plan")
    assert read_bundle(tmp_path / "plan") == replace(hostile, summary=read_bundle(tmp_path / "plan").summary)
    for name in HEADINGS:
        with (tmp_path / "plan" / name).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "＠"))]
    assert (rows[0]["trip_id"], rows[0]["sending_county"]) == (plan.costs[0].trip_id, "'=A1")


def test_the_summary_says_whose_plan_it_is(tmp_path):
    plan = replace(operation.plan(), summary={"served": 1})
    write_bundle(plan, "{}", tmp_path / "plan")
    said = json.loads((tmp_path / "plan" / "summary.json").read_text("utf-8"))
    assert (said["name"], said["revision"], said["made_at"]) == ("small", 1, "2023-02-01T00:00:00+08:00")


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("trips.csv", "feeder", "taxi", "trips.csv row 2 role=taxi"),
        ("trips.csv", "1589.05", "1589.0", "trips.csv row 2 cost=1589.0: give CNY with two decimals"),
        ("calls.csv", "2023-02-01T06:36:00+08:00", "2023-02-01T06:36:30+08:00", "calls.csv row 3 arrives_at="),
        ("calls.csv", "2023-02-01T06:36:00+08:00", "9999-12-31T23:59:00-23:59", "calls.csv row 3 arrives_at="),
        ("calls.csv", "35.1,104.4", "104.4,35.1", "are lat and lon swapped"),
        ("legs.csv", "W01,1,", "W01,one,", "legs.csv row 2 leg=one: give a whole number"),
        ("costs.csv", "青岛,E1,3,", "青岛,E1,3,7,", "costs.csv row 2: 7 cells; give 6"),
        ("unserved.csv", "worker_id", "id", "the first row must read worker_id,"),
        ("summary.json", '"revision": 1', '"revision": "one"', "not a plan's summary"),
        ("summary.json", "{", "", "not a plan's summary"),
    ],
)
def test_garbage_is_named_with_its_place(name, old, new, message, tmp_path):
    path = operation.write(tmp_path / "plan") / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(StorageError) as caught:
        read_bundle(tmp_path / "plan")
    assert message in str(caught.value)


@pytest.mark.parametrize("name", [*HEADINGS, "summary.json"])
def test_a_missing_file_is_named(name, tmp_path):
    folder = operation.write(tmp_path / "plan")
    (folder / name).unlink()
    with pytest.raises(StorageError, match=name):
        read_bundle(folder)


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe\x00", b"\xef\xbb\xbf" + HEADINGS["legs.csv"].encode() + b'\n"' + b"x" * 200_000]
)
def test_bytes_that_are_no_table_are_refused(raw, tmp_path):
    folder = operation.write(tmp_path / "plan")
    (folder / "legs.csv").write_bytes(raw)
    with pytest.raises(StorageError, match=r"legs\.csv"):
        read_bundle(folder)


def test_a_failed_write_leaves_the_old_bundle_and_no_rest(tmp_path, monkeypatch):
    folder = operation.write(tmp_path / "plan")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    broken = replace(operation.plan(), unserved=(Unserved("\ud800", "x", "", ""),))
    with pytest.raises(StorageError):
        write_bundle(broken, "{}", folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before

    rename = Path.rename

    def full_disk(self, target):
        if target == folder and not self.name.endswith("-old"):
            raise OSError("no space left")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full_disk)
    with pytest.raises(StorageError, match="no space left"):
        write_bundle(operation.plan(), "{}", folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["plan"]


def test_a_new_bundle_replaces_the_old_one_whole(tmp_path):
    folder = operation.write(tmp_path / "plan")
    (folder / "stale.csv").write_text("old")
    write_bundle(replace(operation.plan(), revision=2), "{}", folder)
    assert read_bundle(folder).revision == 2
    assert not (folder / "stale.csv").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["plan"]
