"""`--warm` and `solver.warm_start`: the search begins from the stored plan."""

import json

import pytest

from cli.conftest import person


def summary_of(workspace):
    return json.loads((workspace.out / "plan" / "summary.json").read_text("utf-8"))


def test_a_plan_begun_from_the_stored_one_serves_who_came_forgets_who_left_and_audits_clean(workspace):
    assert workspace.call("plan", "-q").code == 0
    workspace.people = [*workspace.people[1:], person(13), person(14)]
    workspace.write()
    assert workspace.call("plan", "--warm", "-q").code == 0
    summary = summary_of(workspace)
    assert (summary["served"], summary["warm_start"], summary["reproducible"]) == (13, True, False)
    assert workspace.call("audit").code == 0


def test_a_plan_begun_from_itself_is_no_worse(workspace):
    assert workspace.call("plan", "-q").code == 0
    cost = summary_of(workspace)["objective"]
    workspace.config_text = workspace.config_text.replace("rounds: 200", "rounds: 1, warm_start: true")
    workspace.write()
    assert workspace.call("plan", "-q").code == 0
    assert summary_of(workspace)["objective"] <= cost
    assert summary_of(workspace)["warm_start"]


@pytest.mark.parametrize("verb", ["plan", "run"])
def test_without_a_stored_plan_there_is_nothing_to_begin_from_and_that_is_no_error(workspace, verb):
    assert workspace.call(verb, "--warm", "-q").code == 0
    summary = summary_of(workspace)
    assert (summary["served"], summary["warm_start"], summary["reproducible"]) == (12, False, True)


def test_a_stored_plan_that_cannot_be_read_is_named(workspace):
    assert workspace.call("plan", "-q").code == 0
    (workspace.out / "plan" / "legs.csv").write_text("garbage", "utf-8")
    refused = workspace.call("plan", "--warm", "--json")
    assert refused.code == 6
    assert "legs.csv" in refused.facts["error"]
    assert workspace.call("plan", "-q").code == 0
