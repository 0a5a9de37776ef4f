"""Files written by several processes: the same files in the same order, and nobody is left behind."""

import os
from functools import partial
from multiprocessing import active_children, parent_process
from pathlib import Path
from time import sleep

import pytest
from sample_plan import sample

from dispatch.publish import manifests, publish
from dispatch.publish.passwords import Passwords
from dispatch.publish.side_by_side import side_by_side
from dispatch.publish.view import build_view

PIECES = 11


def write(folder, piece):
    (folder / f"{piece}").write_text(f"{os.getpid()}")
    sleep(0.05)  # for the other to come in
    return [folder / f"{piece}"] * (1 + piece % 2)


def die_elsewhere(folder, piece):
    if parent_process() is not None:
        os._exit(1)
    return write(folder, piece)


def die_elsewhere_in_the_end(folder, piece):
    if parent_process() is not None and piece > 2:
        os._exit(1)
    return write(folder, piece)


def fail_elsewhere(folder, piece):
    if parent_process() is not None:
        raise PermissionError(13, "no", "somewhere")
    return write(folder, piece)


def waited(folder):
    """Pieces of which the second half is told when another process has written."""
    for piece in range(PIECES):
        while piece == PIECES // 2 and {path.read_text() for path in folder.iterdir()} <= {f"{os.getpid()}", ""}:
            sleep(0.05)
        yield piece


@pytest.mark.parametrize("work", [write, die_elsewhere, die_elsewhere_in_the_end])
@pytest.mark.parametrize("processes", [1, 2, 3])
def test_the_files_keep_their_order_and_every_step_is_told_once(tmp_path, work, processes):
    steps = []
    found = side_by_side(partial(work, tmp_path), range(PIECES), processes, lambda: steps.append(1))
    assert found == [tmp_path / f"{piece}" for piece in range(PIECES) for _ in range(1 + piece % 2)]
    assert len(steps) == PIECES
    assert active_children() == []


def test_each_process_has_a_part_in_the_work(tmp_path):
    side_by_side(partial(write, tmp_path), waited(tmp_path), 2, lambda: None)
    writers = {(tmp_path / f"{piece}").read_text() for piece in range(PIECES)}
    assert len(writers) == 2
    assert f"{os.getpid()}" in writers


def test_a_disk_that_fails_elsewhere_is_told_here(tmp_path):
    with pytest.raises(PermissionError, match="somewhere"):
        side_by_side(partial(fail_elsewhere, tmp_path), range(PIECES), 2, lambda: None)
    assert active_children() == []


def test_an_interruption_ends_the_others(tmp_path):
    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side(partial(write, tmp_path), range(PIECES), 2, interrupt)
    assert active_children() == []


def tree(folder: Path):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_manifests_of_several_processes_are_those_of_one(tmp_path, monkeypatch):
    made = {}
    for name, many in (("one", 10**9), ("two", 1)):
        monkeypatch.setattr(manifests, "MANY", many)
        monkeypatch.setattr(os, "cpu_count", lambda: 2)
        plan, inputs, settings = sample(tmp_path / name, formats=("xlsx", "pdf"))
        assert settings.solver.threads == 2
        told = []
        files = publish(
            plan, inputs, settings, only=frozenset({"manifests"}), unmask=False,
            progress=lambda part, done, of, told=told: told.append((part, done, of)),
        )  # fmt: skip
        made[name] = tree(settings.out), [f.relative_to(settings.out) for f in files], told
    assert made["one"] == made["two"]
    assert len(made["one"][2]) > 20


def test_a_manifest_that_a_killed_process_began_is_written_again(tmp_path):
    plan, inputs, settings = sample(tmp_path, formats=("xlsx", "pdf", "csv"))
    view, folder = build_view(plan, inputs, settings), tmp_path / "manifests"
    write_all = partial(
        manifests.write_manifests, view, folder, settings,
        unmask=False, passwords=Passwords({}), progress=lambda *_: None, kinds=frozenset({"vehicle"}),
    )  # fmt: skip
    files = write_all()
    before = tree(folder)
    for path in files:
        path.write_bytes(b"begun")
    assert write_all() == files
    assert tree(folder) == before
