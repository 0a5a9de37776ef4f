import json
import os
import signal
import subprocess
import sys
import time

import pytest

# A shell may have started this process with Ctrl-C ignored, which a child inherits.
HEARS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
START = [sys.executable, "-c", HEARS + "from dispatch.cli import main; main()"]
LONG = "rounds: 2000000000"
BEGUN, PREPARING = "bound", "preparing"  # what the log says once there is a plan, and before

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a console event cannot be sent to one child")


class Ended:
    """How a command ended that was sent signals, each ``after`` so many seconds once the log said ``when``."""

    def __init__(self, workspace, verb, *said, when=BEGUN, after=0.0):
        workspace.config_text = workspace.config_text.replace("rounds: 200", LONG)
        workspace.write()
        command = [*START, verb, str(workspace.config), "--lang", "en", "--json"]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment
        ) as run:
            for line in run.stderr:
                if when in line:
                    break
            for signal_number in said:
                time.sleep(after)
                run.send_signal(signal_number)
            out, self.err = run.communicate(timeout=200)
        self.code, self.facts = run.returncode, json.loads(out)


def halves(workspace):
    return [p.name for p in workspace.out.iterdir() if p.name.startswith(".")]


def test_ctrl_c_keeps_the_best_plan_so_far_which_audits_clean_and_publishes_nothing(workspace):
    ended = Ended(workspace, "run", signal.SIGINT)
    assert (ended.code, ended.facts["exit_code"]) == (130, 130), ended.err
    assert "best plan so far is stored as revision 1" in ended.facts["error"]
    assert "Ctrl-C again" in ended.err
    assert workspace.published() == ["plan", "plans.sqlite"]
    assert halves(workspace) == []
    summary = json.loads((workspace.out / "plan" / "summary.json").read_text("utf-8"))
    assert (summary["interrupted"], summary["reproducible"], summary["served"]) == (True, False, 12)
    assert {summary["status"][stage] for stage in ("trunk", "trunk_unserved", "routing")} == {"feasible"}
    assert workspace.call("audit").code == 0
    assert [line["revision"] for line in workspace.call("history", "--json").facts["revisions"]] == [1]


def test_a_plan_that_was_not_interrupted_says_so(workspace):
    assert workspace.call("plan", "-q").code == 0
    summary = json.loads((workspace.out / "plan" / "summary.json").read_text("utf-8"))
    assert (summary["interrupted"], summary["reproducible"]) == (False, True)


@pytest.mark.parametrize(
    ("said", "when"), [(signal.SIGTERM, BEGUN), (signal.SIGINT, PREPARING)], ids=["stop", "Ctrl-C before any plan"]
)
def test_a_stop_or_ctrl_c_before_the_first_plan_leaves_nothing(workspace, said, when):
    ended = Ended(workspace, "run", said, when=when)
    assert (ended.code, ended.facts["exit_code"]) == (130, 130), ended.err
    assert workspace.published() == []
    assert halves(workspace) == []


def test_a_second_ctrl_c_leaves_nothing(workspace, monkeypatch):
    heard = []

    def ctrl_c(_, progress):
        if progress.cost_fen >= 0:
            heard.append(progress.stage)
            raise KeyboardInterrupt

    monkeypatch.setattr("dispatch.cli.screen.Screen.search", ctrl_c)
    ended = workspace.call("run", "--json")
    assert (ended.code, heard) == (130, ["search", "finish"])
    assert "没有留下写了一半的文件" in ended.facts["error"]
    assert workspace.published() == []
    assert halves(workspace) == []
