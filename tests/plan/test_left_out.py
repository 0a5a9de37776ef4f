"""Who is left out reads why, and what exactly would help, in the language of the settings."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files

import operation
import pytest

from dispatch.geo.travel import road_times
from dispatch.model.problem import NotServed, Remedy
from dispatch.model.units import Position
from dispatch.network import build_problem
from dispatch.plan.assemble import assemble
from dispatch.plan.left_out import unserved, words
from dispatch.solve import Limits, solve
from dispatch.solve.reasons import RULES
from dispatch.solve.remedies import CHANGES

MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
NORTH = Position(36.00, 104.40)  # 100.1 km from the nearest assembly stop
CODES = {code for code, _ in RULES} | {"capacity", "not_found", "no_offer", "no_stop_in_reach", "square_full"}


def catalogue(area):
    return json.loads((files("dispatch") / "texts" / f"{area}.json").read_text("utf-8"))


def with_reach(km):
    settings = operation.settings()
    return settings.model_copy(update={"policy": settings.policy.model_copy(update={"access_max_km": km})})


def planned(inputs, settings):
    problem, _ = build_problem(inputs, settings, lambda stops: road_times(stops, (), settings.policy.travel))
    result = solve(problem, Limits(20, rounds=30))
    return assemble(problem, result, inputs, settings, revision=1, made_at=MADE_AT, stages={})


def moved(worker_id, *, party=""):
    """The operation in which somebody lives far in the north, where no division has a seat."""
    inputs = operation.inputs()
    (who,) = (w for w in inputs.workers if w.worker_id == worker_id)
    home = replace(who.home, position=NORTH, seat=None, division_code="")
    return changed(inputs, replace(who, home=home, party=party))


def changed(inputs, worker):
    return replace(inputs, workers=tuple(worker if w.worker_id == worker.worker_id else w for w in inputs.workers))


def left(plan):
    return {u.worker_id: u for u in plan.unserved}


def test_who_lives_too_far_from_any_stop_is_told_the_nearest_and_the_reach_that_would_do():
    inputs = moved("W04")
    told = left(planned(inputs, with_reach(40)))["W04"]
    assert told.reason == "no_stop_in_reach"
    assert "A2" in told.remedy or "A3" in told.remedy
    km = next(k for k in range(60, 140) if f"调到{k}（" in told.remedy)
    assert "W04" not in left(planned(inputs, with_reach(km)))
    assert left(planned(inputs, with_reach(km - 1)))["W04"].reason == "no_stop_in_reach"


def test_a_party_without_a_common_stop_is_told_the_reach_with_which_it_has_one():
    inputs = moved("W05", party="P9")
    (friend,) = (w for w in inputs.workers if w.worker_id == "W04")
    apart = changed(inputs, replace(friend, party="P9"))
    told = left(planned(apart, with_reach(40)))
    assert told["W04"].remedy == told["W05"].remedy
    km = next(k for k in range(60, 140) if f"调到{k}（" in told["W04"].remedy)
    assert not {"W04", "W05"} & left(planned(apart, with_reach(km))).keys()


def test_whose_home_is_not_known_reads_the_plain_remedy():
    inputs = operation.inputs()
    first = replace(inputs.workers[3], home=replace(inputs.workers[3].home, position=None, seat=None))
    inputs = changed(inputs, first)
    told = left(planned(inputs, with_reach(40)))[first.worker_id]
    assert told.remedy == catalogue("reasons")["no_stop_in_reach.remedy"]["zh"]


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_reason_has_its_wording_and_a_plain_remedy_in_both_languages(code):
    texts = catalogue("reasons")
    assert all(texts[key][language] for key in (code, f"{code}.remedy") for language in ("zh", "en"))


def test_every_remedy_has_its_wording_in_both_languages_and_no_other_is_worded():
    assert catalogue("remedies").keys() == CHANGES.keys() | {"reach", "or", "and"}
    assert catalogue("reasons").keys() == {f"{c}{s}" for c in CODES for s in ("", ".remedy")}


def test_alternatives_and_what_belongs_together_are_told_apart():
    later = Remedy("report_later", (("days", "2"), ("until", "2026-03-01 12:00"), ("at", "2026-03-01 09:30")))
    allow = Remedy("allow", (("modes", "train flight"),), (Remedy("more_time"),))
    assert words("en", allow) == "allow travel by Train, Flight, and raise solver.time_limit_s and run again"
    problem, _ = build_problem(
        operation.inputs(),
        operation.settings(),
        lambda stops: road_times(stops, (), operation.settings().policy.travel),
    )
    result = solve(problem, Limits(20, rounds=5))
    some = replace(result, not_served=(NotServed(0, 0, "barred", (), (allow, later)),))
    row = unserved(problem, some, operation.inputs(), operation.settings())[0]
    assert row.remedy == "允许乘坐火车, 航班，并且调大 solver.time_limit_s 后重新运行；或者" + words("zh", later)
