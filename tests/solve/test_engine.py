"""Processes may be killed and searches cut off; what comes out is what would have come out undisturbed."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from threading import Timer

import numpy as np
import pytest
from crowd import crowd
from rules import FAMILIES

from dispatch.solve import Limits, solve, whole
from dispatch.solve.cache import Cache, digest
from dispatch.solve.engine import RETRIES, Engine
from dispatch.solve.instance import pack_units

LIMITS = Limits(time_limit_s=20, rounds=2_400, threads=2)
FEW = replace(LIMITS, rounds=240, threads=1)


@pytest.fixture(scope="module")
def problem():
    return crowd()


@pytest.fixture(scope="module")
def undisturbed(problem):
    return solve(problem, LIMITS)


@pytest.fixture
def engines(monkeypatch):
    """Every engine made from here on."""
    made = []

    class Watched(Engine):
        def __init__(self, *args):
            super().__init__(*args)
            made.append(self)

    monkeypatch.setattr(whole, "Engine", Watched)
    return made


def breaking(monkeypatch, turn):
    """Kill a process of the engine while it is at work in the ``turn``-th call."""
    side_by_side, killed, calls = Engine._side_by_side, [], []

    def kill(engine):
        killed.append(next(iter(engine._pool._processes)))
        os.kill(killed[0], signal.SIGKILL)

    def disturbed(engine, tasks, found):
        calls.append(len(tasks))
        if len(calls) == turn:
            Timer(0.02, kill, [engine]).start()
        try:
            side_by_side(engine, tasks, found)
        except BrokenProcessPool:
            calls.append("broken")
            raise

    monkeypatch.setattr(Engine, "_side_by_side", disturbed)
    return killed, calls


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_process_killed_on_the_way_changes_nothing(problem, undisturbed, monkeypatch):
    killed, calls = breaking(monkeypatch, turn=4)
    assert solve(problem, LIMITS) == undisturbed
    assert len(killed) == 1
    assert calls.count("broken") == 1


def test_when_every_pool_breaks_this_process_does_the_work_and_asks_no_pool_again(problem, engines, monkeypatch):
    expected, calls = solve(problem, replace(FEW, threads=2)), []

    def broken(*_):
        calls.append(1)
        raise BrokenProcessPool

    monkeypatch.setattr(Engine, "_side_by_side", broken)
    assert solve(problem, replace(FEW, threads=2)) == expected
    assert len(calls) == RETRIES
    assert engines[-1]._pool is None


def test_a_task_that_fails_for_itself_is_not_tried_again(problem, monkeypatch):
    tried = []

    def fails(*_):
        tried.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(Engine, "_side_by_side", fails)
    with pytest.raises(ZeroDivisionError):
        solve(problem, LIMITS)
    assert len(tried) == 1


def cut_off_after(turns):
    """A report that is cut off, as by a power cut, once the search has told so many times how far it is."""
    told = []

    def report(progress):
        told.append(progress)
        if len([p for p in told if p.cost_fen >= 0]) > turns:
            raise OSError("power cut")

    return report


def test_a_search_cut_off_goes_on_where_it_was_and_ends_in_the_same_plan(problem, engines, tmp_path):
    expected = solve(problem, FEW)
    limits = replace(FEW, kept=tmp_path / "cache")
    with pytest.raises(OSError, match="power cut"):
        solve(problem, limits, cut_off_after(5))
    assert solve(problem, limits) == expected
    undisturbed, before, after = (e.done for e in engines)
    assert before >= 5
    assert before + after == undisturbed


def test_a_finished_search_read_again_does_no_task(problem, engines, tmp_path):
    limits = replace(FEW, kept=tmp_path / "cache")
    assert solve(problem, limits) == solve(problem, limits)
    assert engines[1].done == 0


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive", None], ids=["empty", "garbage", "cut"])
def test_a_damaged_file_of_the_cache_counts_as_absent(problem, engines, tmp_path, damage):
    limits = replace(FEW, kept=tmp_path / "cache")
    expected = solve(problem, limits)
    for file in (tmp_path / "cache").iterdir():
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2] if damage is None else damage)
    assert solve(problem, limits) == expected
    assert engines[1].done == engines[0].done


def test_a_bit_that_flipped_is_noticed(problem, engines, tmp_path):
    limits = replace(FEW, kept=tmp_path / "cache")
    expected = solve(problem, limits)
    for file in (tmp_path / "cache").iterdir():
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 0xFF
        file.write_bytes(content)
    assert solve(problem, limits) == expected


@pytest.mark.parametrize("change", [{"seed": 2}, {"rounds": 480}])
def test_what_another_seed_or_number_of_rounds_found_is_not_read(problem, engines, tmp_path, change):
    limits = replace(FEW, kept=tmp_path / "cache")
    solve(problem, limits)
    solve(problem, replace(limits, **change))
    # only the first plans, made without a round, may hang on the seed alone
    assert engines[1].rounds > 0
    assert engines[1].done >= engines[1].rounds * 12 // replace(limits, **change).rounds


def test_what_another_operation_found_is_not_read(problem, engines, tmp_path):
    limits = replace(FEW, kept=tmp_path / "cache")
    solve(problem, limits)
    solve(replace(problem, dwell_min=6), limits)
    assert engines[1].done == engines[0].done


def test_nothing_is_kept_where_seconds_are_the_limit(problem, tmp_path):
    solve(problem, Limits(0.5, threads=1, kept=tmp_path / "cache"))
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written_costs_the_cache_only(problem, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert solve(problem, replace(FEW, kept=tmp_path / "cache")) == solve(problem, FEW)


def test_a_cache_leaves_no_file_half_written(problem, tmp_path):
    solve(problem, replace(FEW, kept=tmp_path / "cache"))
    assert {f.suffix for f in (tmp_path / "cache").iterdir()} == {".npz"}


def test_a_digest_tells_apart_what_differs_in_value_kind_or_shape():
    values = [np.zeros(4, np.int64), np.zeros((2, 2), np.int64), np.zeros(8, np.int32), 0, 0.0, None, "0", (0,), [0]]
    assert len({digest(v) for v in values}) == len(values)
    assert digest((np.arange(3), 1)) == digest((np.arange(3), 1))


@pytest.fixture
def ctrl_c():
    """Ctrl-C, or nothing where the test has ended by then."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timers = []

    def press(after_s):
        timers.append(Timer(after_s, os.kill, [os.getpid(), signal.SIGINT]))
        timers[-1].start()

    yield press
    for timer in timers:
        timer.cancel()
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="a console event cannot be sent to one process")
def test_ctrl_c_while_processes_work_ends_them_at_once_and_gives_the_best_plan(problem, engines, ctrl_c):
    told = []

    def report(progress):
        told.append((progress.stage, time.monotonic()))
        if len(told) == 3:
            ctrl_c(0.5)

    result = solve(problem, replace(LIMITS, rounds=2_000_000_000), report)
    assert [stage for stage, _ in told] == ["prepare", "search", "search", "finish"]
    assert told[3][1] - told[2][1] < 5
    assert result.interrupted
    assert engines[0]._pool is None
    assert [fault for family in FAMILIES.values() for fault in family(problem, result)] == []


def test_the_cache_has_one_key_per_task(problem, tmp_path):
    x = whole._compiled(problem, whole.LeastCosts(problem), pack_units(problem, 6)).instance
    with Engine(1) as engine:
        engine.take(x)
        one, other = Cache(engine.x, tmp_path), Cache(engine.x._replace(days=9), tmp_path)
    assert one._instance != other._instance


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from crowd import crowd
from dispatch.solve import Limits, solve, whole
from dispatch.solve.engine import Engine

side_by_side = Engine._side_by_side

def told(engine, tasks, found):
    for task in tasks:
        engine._submit(task)
    print(*engine._pool._processes, flush=True)
    side_by_side(engine, tasks, found)

Engine._side_by_side = told
if __name__ == "__main__":
    solve(crowd(), Limits(60.0, threads=2))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_processes_end_when_the_first_one_is_killed(tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    here = Path(__file__).parent
    command = [sys.executable, str(script), str(here)]
    environment = {**os.environ, "PYTHONPATH": str(here.parent.parent)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as run:
        others = [Path("/proc") / number for number in run.stdout.readline().split()]
        run.kill()
        run.communicate(timeout=60)
    ends = time.monotonic() + 60
    while any(other.exists() for other in others) and time.monotonic() < ends:
        time.sleep(0.1)
    assert len(others) == 2
    assert [other.name for other in others if other.exists()] == []
