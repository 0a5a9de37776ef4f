import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sample_plan import sample

from dispatch.config import Messages
from dispatch.errors import ConfigError, StorageError
from dispatch.publish import PARTS, publish
from dispatch.publish.access import Access
from dispatch.publish.exchange import exchange

MANIFESTS = frozenset({"manifests"})


def silent(part, done, total):
    assert part in PARTS
    assert 0 <= done <= total


def tree(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_every_part_is_published_where_it_belongs(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    files = publish(plan, inputs, settings, only=None, unmask=False, progress=silent)
    assert all(path.is_file() for path in files)
    assert set(files) == {p for base in (settings.out, settings.maps) for p in base.rglob("*") if p.is_file()}
    assert (settings.out / "report.html").is_file()
    assert (settings.maps / "overview.html").is_file()
    assert (settings.out / "arrivals" / "青岛" / "index.html").is_file()


def test_no_full_id_leaves_the_office_by_default_and_no_phone_outside_the_lists(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    files = publish(plan, inputs, settings, only=None, unmask=False, progress=silent)
    for path in (p for p in files if p.suffix != ".xlsx"):
        said = path.read_bytes()
        assert not [w.worker_id for w in inputs.workers if w.id_number.encode() in said]
        if "manifests" not in path.parts:
            assert not [w.worker_id for w in inputs.workers if w.phone.encode() in said]


def test_files_of_an_older_revision_disappear_and_other_parts_stay(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    stale, other = settings.out / "manifests/vehicle/old.xlsx", settings.out / "arrivals/index.html"
    for path in (stale, other):
        path.parent.mkdir(parents=True)
        path.write_text("old")
    publish(plan, inputs, settings, only=MANIFESTS, unmask=False, progress=silent)
    assert not stale.exists()
    assert other.read_text() == "old"
    assert (settings.out / "manifests/vehicle/2023-02-01_F-1.xlsx").is_file()


def test_an_interruption_leaves_the_earlier_files_and_nothing_half_written(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    publish(plan, inputs, settings, only=MANIFESTS, unmask=False, progress=silent)
    before = tree(tmp_path)

    def interrupt(part, done, total):
        if done > total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(replace(plan, revision=4), inputs, settings, only=MANIFESTS, unmask=True, progress=interrupt)
    assert tree(tmp_path) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from dispatch.publish import publish
from tests.publish.sample_plan import sample

def end(part, done, total):
    if done > total // 2:
        print("staged", flush=True)
        if sys.argv[2] == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        sys.stdin.read()

publish(*sample(Path(sys.argv[1])), only=frozenset({"manifests"}), unmask=True, progress=end)
"""


def other_program(folder, end):
    """A program that publishes and stops half way, with the folder it wrote in."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", KILLED, str(folder), end]
    program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root)
    assert program.stdout.readline() == b"staged\n"
    (room,) = (folder / "out" / "sample").glob(".publishing-*")
    return program, room


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and locks")
def test_what_a_killed_program_left_goes_with_the_next_publication(tmp_path):
    program, room = other_program(tmp_path, "kill")
    program.communicate()
    assert [p for p in room.rglob("*") if p.is_file()]
    plan, inputs, settings = sample(tmp_path)
    strange = settings.out / ".publishing-by-hand"
    strange.symlink_to(tmp_path)
    publish(plan, inputs, settings, only=frozenset({"report"}), unmask=False, progress=silent)
    assert sorted(p.name for p in settings.out.iterdir()) == [strange.name, "report.html"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and locks")
def test_what_another_program_is_writing_stays(tmp_path):
    program, room = other_program(tmp_path, "wait")
    plan, inputs, settings = sample(tmp_path)
    publish(plan, inputs, settings, only=frozenset({"report"}), unmask=False, progress=silent)
    assert [p for p in room.rglob("*") if p.is_file()]
    program.communicate(b"")
    assert program.returncode == 0
    assert not room.exists()


@pytest.mark.parametrize("fatal_move", range(1, 5))
@pytest.mark.parametrize("error", [KeyboardInterrupt, PermissionError])
def test_an_interruption_between_two_moves_restores_every_target(tmp_path, monkeypatch, fatal_move, error):
    for name in ("a", "b"):
        for side in ("old", "new"):
            (tmp_path / side / name).mkdir(parents=True)
            (tmp_path / side / name / "file").write_text(side)
    before = tree(tmp_path / "old")
    moves, rename = [], Path.rename

    def faulty(self, target):
        moves.append(self)
        if len(moves) == fatal_move:
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", faulty)
    with pytest.raises(error):
        exchange({tmp_path / "old" / n: tmp_path / "new" / n for n in ("a", "b")}, beside=tmp_path)
    assert tree(tmp_path / "old") == before
    assert {p.name for p in tmp_path.iterdir()} == {"old", "new"}


def test_a_part_published_for_the_first_time_is_taken_back_when_another_fails(tmp_path):
    (tmp_path / "new").mkdir()
    with pytest.raises(FileNotFoundError):
        exchange({tmp_path / "first": tmp_path / "new", tmp_path / "second": tmp_path / "missing"}, beside=tmp_path)
    assert not (tmp_path / "first").exists()


def test_unmasking_reaches_vehicle_and_subsidy_lists_only_and_is_logged_without_personal_data(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    access = Access("office", datetime(2023, 1, 21, 8, tzinfo=UTC), "police check")
    publish(plan, inputs, settings, only=MANIFESTS, unmask=True, progress=silent, access=access)
    holding = {
        path.parent.name
        for path in (settings.out / "manifests").rglob("*.csv")
        if any(w.id_number in path.read_text("utf-8-sig") for w in inputs.workers)
    }
    assert holding == {"vehicle", "subsidy"}
    logged = (settings.out / "access.log").read_text("utf-8")
    entry = json.loads(logged)
    assert (entry["who"], entry["why"], entry["revision"]) == ("office", "police check", 3)
    assert entry["when"] == "2023-01-21T08:00:00+00:00"
    assert "manifests/vehicle/2023-02-01_F-1.xlsx" in entry["files"]
    assert "manifests/subsidy/陇西县.csv" in entry["files"]
    assert len(entry["files"]) == 12 + 6
    assert not [w for w in inputs.workers if w.id_number in logged or w.phone in logged]


def test_a_config_that_turns_masking_off_is_logged_like_the_flag_and_each_time(tmp_path):
    plan, inputs, settings = sample(tmp_path, mask=False)
    for _ in range(2):
        publish(plan, inputs, settings, only=MANIFESTS, unmask=False, progress=silent)
    logged = [json.loads(line) for line in (settings.out / "access.log").read_text("utf-8").splitlines()]
    assert len(logged) == 2
    assert all("sample.yaml" in entry["why"] and entry["who"] and entry["when"] for entry in logged)


def test_a_masked_export_is_not_logged(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    publish(plan, inputs, settings, only=MANIFESTS, unmask=False, progress=silent)
    assert not (settings.out / "access.log").exists()


def test_an_unmasked_export_that_cannot_be_logged_is_not_made(tmp_path):
    plan, inputs, settings = sample(tmp_path)
    (settings.out / "access.log").mkdir(parents=True)
    with pytest.raises(StorageError, match=r"access\.log"):
        publish(plan, inputs, settings, only=MANIFESTS, unmask=True, progress=silent)
    assert not (settings.out / "manifests").exists()


def test_an_unknown_part_is_refused_with_the_choice(tmp_path):
    plan, inputs, settings = sample(tmp_path, "en")
    with pytest.raises(ConfigError, match="no part banners; choose from manifests"):
        publish(plan, inputs, settings, only=frozenset({"banners"}), unmask=False, progress=silent)
    assert not settings.out.exists()


def test_no_part_at_all_is_refused_and_not_taken_for_every_part(tmp_path):
    plan, inputs, settings = sample(tmp_path, "en")
    with pytest.raises(ConfigError, match="--only names no part; choose from manifests"):
        publish(plan, inputs, settings, only=frozenset(), unmask=False, progress=silent)
    assert not settings.out.exists()


@pytest.mark.parametrize("part", sorted(set(PARTS) - MANIFESTS))
def test_unmasking_what_shows_no_id_number_is_refused(tmp_path, part):
    plan, inputs, settings = sample(tmp_path, "en", formats=("pdf", "html"), slips="nine", messages=Messages())
    with pytest.raises(ConfigError, match="--unmask is for the lists only; add manifests to --only"):
        publish(plan, inputs, settings, only=frozenset({part}), unmask=True, progress=silent)
    assert not settings.out.exists()


def test_a_place_that_cannot_be_written_is_a_storage_error(tmp_path):
    plan, inputs, settings = sample(tmp_path, "en")
    (tmp_path / "out").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="cannot write"):
        publish(plan, inputs, settings, only=MANIFESTS, unmask=False, progress=silent)
