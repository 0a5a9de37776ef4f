"""A train that stops nowhere on the way: Longnan's people are collected in the evening and driven through the night."""

import csv
import itertools
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from dispatch.cli import main

ROOT = Path(__file__).parents[2]
CURFEW = (2, 5)
EXEMPT_KM = 200


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("night")
    content = yaml.safe_load((ROOT / "configs" / "dingxi-qingdao-2023-one-station.yaml").read_text("utf-8"))
    content["solver"] |= {"rounds": 60, "time_limit_s": 60}
    content["inputs"] = {key: str((ROOT / "configs" / path).resolve()) for key, path in content["inputs"].items()}
    config = folder / "configs" / "night.yaml"
    config.parent.mkdir()
    config.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    with pytest.raises(SystemExit) as left:
        main(["run", str(config), "-q"])
    assert left.value.code == 0
    return folder / "out" / content["name"] / "plan"


def table(bundle: Path, name: str) -> list[dict[str, str]]:
    with (bundle / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def moves(calls: list[dict[str, str]]) -> list[tuple[datetime, datetime]]:
    """When the coach drives: from each departure to the next arrival."""
    at = [(datetime.fromisoformat(c["arrives_at"]), datetime.fromisoformat(c["departs_at"])) for c in calls]
    return [(one[1], two[0]) for one, two in itertools.pairwise(at)]


def in_curfew(start: datetime, end: datetime) -> bool:
    return any(
        CURFEW[0] <= (start + timedelta(minutes=m)).hour < CURFEW[1]
        for m in range(int((end - start).total_seconds()) // 60)
    )


def test_some_coaches_leave_in_the_evening_and_none_before_people_are_ready(bundle):
    feeders = [t for t in table(bundle, "trips") if t["role"] == "feeder"]
    evening = [t for t in feeders if t["departs_at"] < "2023-02-01"]
    assert evening
    assert all(t["departs_at"] >= "2023-01-31T18:00" for t in evening)
    assert table(bundle, "unserved") == []


def test_no_long_coach_moves_between_two_and_five(bundle):
    trips = {t["trip_id"]: t for t in table(bundle, "trips") if t["mode"] == "coach"}
    stood = 0
    for trip, row in trips.items():
        calls = [c for c in table(bundle, "calls") if c["trip_id"] == trip]
        if float(row["distance_km"]) > EXEMPT_KM:
            assert not any(in_curfew(*move) for move in moves(calls))
            stood += any(c["stop_id"] == "" and c["arrives_at"][11:13] == "02" for c in calls)
    assert stood


@pytest.mark.parametrize("by", ["districts", "trips"])
def test_a_gift_pack_is_counted_for_everybody(bundle, by):
    with (bundle.parent / "manifests" / "packs" / f"{by}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["礼包"]) for row in rows) == 531
    assert by == "trips" or {row["接收区（市、县）"] for row in rows} >= {"胶州市", "平度市"}
