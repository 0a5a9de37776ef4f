"""The shipped operations from the office's files to the papers: everybody served, the audit silent and awake.

A large one is cut to some of its people, since a gate has minutes; bench/run_operations.py runs it whole.
"""

import csv
import json
import sys
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from dispatch import pipeline
from dispatch.cli import main
from dispatch.config import load_settings
from dispatch.plan.audit import audit_bundle

ROOT = Path(__file__).parents[2]
sys.path += [str(ROOT / folder) for folder in ("tests/plan", "tests/publish", "tests/operations", "bench")]

from cut import Silent, cut  # noqa: E402 - its folder has to be on the path first
from feed_validators import errors_of_guru, errors_of_validator  # noqa: E402
from mutations import MUTATIONS, NotApplicableError, broken  # noqa: E402
from workspaces import copied, limited  # noqa: E402

CONFIGS = sorted((ROOT / "configs").glob("*.y*ml"))
ROUNDS = 60
PEOPLE = 400  # of a large operation that is run here
WHOLE = {"dingxi-qingdao-2023", "linfen-2026"}  # nobody is cut away and nobody left out
MUTATIONS_EACH = 3  # that are tried on each of the others
HEADINGS = {
    "trips": "trip_id,offer_id,mode,role,operator,vehicle,seats,drivers,origin_stop,destination_stop,departs_at,"
    "arrives_at,passengers,distance_km,cost",
    "calls": "trip_id,seq,stop_id,stop_name,lat,lon,arrives_at,departs_at,board,alight,onboard_after,rest_minutes",
    "legs": "worker_id,leg,trip_id,from_seq,to_seq,board_stop,alight_stop,departs_at,arrives_at,seat",
    "unserved": "worker_id,reason,detail,remedy",
    "costs": "trip_id,sending_county,receiving_city,employer_id,passengers,cost",
}
SUMMARY = {
    "rostered", "accepted", "rejected", "served", "unserved", "cost_by_mode", "objective", "unserved_lower_bound",
    "lower_bound", "gap", "bound_scope", "trunk", "status", "passenger_hours", "load_factors", "splits", "seed",
    "versions", "sha256", "stages",
}  # fmt: skip


class Operation:
    """A copy of a shipped operation, cut if it is large, after one ``dispatch run``."""

    def __init__(self, config, folder):
        self.config = copied(config, folder)
        limited(self.config, rounds=ROUNDS, time_limit_s=60)
        self.settings = load_settings(self.config)
        if config.stem not in WHOLE:
            cut(self.settings, PEOPLE)
        self.code = called("run", self.config, "-q")
        self.bundle = self.settings.out / "plan"
        self.inputs, _ = pipeline.read(self.settings, Silent())

    def table(self, name):
        with (self.bundle / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    @property
    def summary(self):
        return json.loads((self.bundle / "summary.json").read_text("utf-8"))


def called(*words):
    """The exit code of the command."""
    with pytest.raises(SystemExit) as left:
        main([str(w) for w in words])
    return left.value.code


@pytest.fixture(scope="module")
def operations(tmp_path_factory):
    """Each operation when it is asked for, run once."""

    @cache
    def ran(config):
        return Operation(config, tmp_path_factory.mktemp(config.stem))

    return ran


@pytest.fixture(params=CONFIGS, ids=lambda c: c.stem)
def operation(request, operations):
    return operations(request.param)


def test_there_are_operations_to_try():
    assert {c.stem for c in CONFIGS} >= WHOLE | {"shanxi-2021", "yuncheng-2025", "zunyi-2023"}


def test_the_command_serves_everybody_or_says_why_not(operation):
    assert operation.code == 0
    left = {row["worker_id"] for row in operation.table("unserved")}
    if operation.settings.name in WHOLE:
        assert left == set()
    assert all(row["remedy"] and row["reason"] != "not_found" for row in operation.table("unserved"))
    travelling = Counter(x["worker_id"] for x in operation.table("legs") if x["leg"] == "1")
    assert travelling == Counter(w.worker_id for w in operation.inputs.workers if w.worker_id not in left)
    summary = operation.summary
    assert summary["served"] + len(left) == summary["accepted"] == summary["rostered"] == len(operation.inputs.workers)
    assert summary["served"] > 0.9 * summary["rostered"]


def test_the_audit_has_nothing_to_say(operation):
    assert audit_bundle(operation.bundle, operation.inputs, operation.settings) == ()
    assert called("audit", operation.config, "-q") == 0


def test_the_tables_have_the_form_that_others_read(operation):
    for name, heading in HEADINGS.items():
        content = (operation.bundle / f"{name}.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.decode("utf-8-sig").splitlines()[0].split(",") == heading.split(",")
        for row in operation.table(name):
            for column in {"departs_at", "arrives_at"} & set(row):
                assert datetime.fromisoformat(row[column]).tzinfo is not None
    calls = {(c["trip_id"], c["seq"]) for c in operation.table("calls")}
    assert {(x["trip_id"], x[s]) for x in operation.table("legs") for s in ("from_seq", "to_seq")} <= calls
    assert set(operation.summary) >= SUMMARY
    assert json.loads((operation.bundle / "problem.json").read_text("utf-8"))["name"] == operation.settings.name


def test_the_feed_of_the_plan_is_valid_under_two_validators(operation, tmp_path):
    feed, day = operation.settings.out / "gtfs.zip", operation.settings.horizon.from_date
    assert errors_of_guru(feed, day) == []
    assert errors_of_validator(feed, day, tmp_path / "report") == []


def test_the_bound_lies_below_the_plan_and_is_worth_something(operation):
    summary = operation.summary
    assert 0.3 * summary["objective"] < summary["lower_bound"] <= summary["objective"]
    assert summary["gap"] == pytest.approx(1 - summary["lower_bound"] / summary["objective"], abs=1e-5)
    assert summary["unserved_lower_bound"] <= summary["unserved"]
    assert summary["trunk"]["lower_bound"] <= summary["trunk"]["objective"]


def test_a_named_file_holds_nobody_in_the_problem(operation):
    text = (operation.bundle / "problem.json").read_text("utf-8")
    for worker in operation.inputs.workers:
        assert worker.id_number not in text
        assert worker.phone not in text


def test_the_papers_exist(operation):
    out = operation.settings.out
    assert len(list((out / "manifests" / "vehicle").glob("*.xlsx"))) == len(operation.table("trips"))
    assert list((out / "manifests" / "employer").rglob("*.xlsx"))
    assert list((out / "arrivals").rglob("index.html"))
    assert (out / "report.html").stat().st_size > 10_000
    assert (operation.settings.maps / "overview.html").exists()


def test_planning_again_gives_the_same_plan(operation):
    before = {name: operation.table(name) for name in HEADINGS}
    revision = operation.summary["revision"]
    assert called("plan", operation.config, "-q") == 0
    assert {name: operation.table(name) for name in HEADINGS} == before
    assert operation.summary["revision"] == revision + 1


def tried(config):
    """All mutations on two operations, some on each of the others, by turns."""
    if config.stem in WHOLE:
        return tuple(MUTATIONS)
    turns = len(MUTATIONS) // MUTATIONS_EACH
    return tuple(MUTATIONS)[CONFIGS.index(config) % turns :: turns]


@pytest.mark.parametrize(
    ("operation", "name"),
    [pytest.param(config, name, id=f"{config.stem}-{name}") for config in CONFIGS for name in tried(config)],
    indirect=["operation"],
)
def test_a_broken_copy_of_the_plan_is_caught(operation, name, tmp_path):
    try:
        inputs, settings = broken(name, operation.bundle, tmp_path / "plan", operation.inputs, operation.settings)
    except NotApplicableError:
        pytest.skip("this plan has nothing of the kind")
    rules = {v.rule for v in audit_bundle(tmp_path / "plan", inputs, settings)}
    assert MUTATIONS[name][0] in rules
