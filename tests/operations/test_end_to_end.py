"""The shipped operations from the office's files to the papers: everybody served, the audit silent and awake."""

import csv
import json
import shutil
import sys
from collections import Counter
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from dispatch import pipeline
from dispatch.cli import main
from dispatch.config import load_settings
from dispatch.plan.audit import audit_bundle

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "plan"))

from mutations import MUTATIONS, NotApplicableError, broken  # noqa: E402 - its folder has to be on the path first

CONFIGS = sorted((ROOT / "configs").glob("*.y*ml"))
ROUNDS = 60
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


class Silent:
    """Looks on and says nothing."""

    stages = {}  # noqa: RUF012

    def stage(self, _name):
        return nullcontext()


class Operation:
    """A copy of a shipped operation after one ``dispatch run``."""

    def __init__(self, config, folder):
        content = yaml.safe_load(config.read_text("utf-8"))
        content["solver"] = content["solver"] | {"rounds": ROUNDS, "time_limit_s": 60}
        self.config = folder / "configs" / config.name
        self.config.parent.mkdir()
        self.config.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
        shutil.copytree(ROOT / "data", folder / "data")
        self.code = called("run", self.config, "-q")
        self.settings = load_settings(self.config)
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


@pytest.fixture(scope="module", params=CONFIGS, ids=lambda c: c.stem)
def operation(request, tmp_path_factory):
    return Operation(request.param, tmp_path_factory.mktemp(request.param.stem))


def test_there_are_operations_to_try():
    assert {c.stem for c in CONFIGS} >= {"dingxi-qingdao-2023", "linfen-2026"}


def test_the_command_serves_everybody(operation):
    assert operation.code == 0
    assert operation.table("unserved") == []
    travelling = Counter(x["worker_id"] for x in operation.table("legs") if x["leg"] == "1")
    assert travelling == Counter(w.worker_id for w in operation.inputs.workers)
    summary = operation.summary
    assert summary["served"] == summary["accepted"] == summary["rostered"] == len(operation.inputs.workers)


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


def test_the_bound_lies_below_the_plan_and_is_worth_something(operation):
    summary = operation.summary
    assert 0.3 * summary["objective"] < summary["lower_bound"] <= summary["objective"]
    assert summary["gap"] == pytest.approx(1 - summary["lower_bound"] / summary["objective"], abs=1e-5)
    assert summary["unserved_lower_bound"] == 0
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


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_copy_of_the_plan_is_caught(operation, name, tmp_path):
    try:
        inputs, settings = broken(name, operation.bundle, tmp_path / "plan", operation.inputs, operation.settings)
    except NotApplicableError:
        pytest.skip("this plan has nothing of the kind")
    rules = {v.rule for v in audit_bundle(tmp_path / "plan", inputs, settings)}
    assert MUTATIONS[name][0] in rules
