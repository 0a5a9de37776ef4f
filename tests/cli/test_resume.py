"""`solver.resume`: a search limited by rounds that was cut off goes on where it was."""

import json

import pytest

RESUME = ("rounds: 200,", "rounds: 200, resume: true,")


@pytest.fixture
def resuming(workspace):
    workspace.config_text = workspace.config_text.replace(*RESUME)
    return workspace.write()


def cut_off(monkeypatch, ctrl_cs):
    """Ctrl-C so many times, the first after half the search."""
    told = []

    def ctrl_c(_, progress):
        told.append(progress)
        if len(told) >= 8 and len(told) - 8 < ctrl_cs:
            raise KeyboardInterrupt

    monkeypatch.setattr("dispatch.cli.screen.Screen.search", ctrl_c)


def plan_of(workspace):
    return [(workspace.out / "plan" / name).read_text("utf-8-sig") for name in ("trips.csv", "legs.csv", "costs.csv")]


@pytest.mark.parametrize("ctrl_cs", [1, 2])
def test_a_plan_cut_off_by_ctrl_c_is_finished_as_if_nothing_had_been(resuming, monkeypatch, ctrl_cs):
    assert resuming.call("plan", "-q").code == 0
    undisturbed = plan_of(resuming)
    assert not (resuming.out / "solve-cache").exists()
    with monkeypatch.context() as patch:
        cut_off(patch, ctrl_cs)
        assert resuming.call("plan", "-q").code == 130
    assert list((resuming.out / "solve-cache").glob("*.npz"))
    assert resuming.call("plan", "-q").code == 0
    assert plan_of(resuming) == undisturbed
    assert not (resuming.out / "solve-cache").exists()
    assert json.loads((resuming.out / "plan" / "summary.json").read_text("utf-8"))["reproducible"]


def test_without_resume_nothing_is_kept(workspace, monkeypatch):
    cut_off(monkeypatch, 1)
    assert workspace.call("plan", "-q").code == 130
    assert not (workspace.out / "solve-cache").exists()
