"""People's data goes when it is due, whole or not at all; counts, inputs and what is still needed stay."""

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import operation
import pytest

from dispatch.config import load_settings
from dispatch.errors import StorageError
from dispatch.plan.purge import find_due, purge
from dispatch.plan.store import Store
from dispatch.private_file import draft_of

AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
CONFIG = """name: op
inputs: {workers: ../data/w.csv, employers: ../data/e.csv, stops: ../data/s.csv, offers: ../data/o.csv}
horizon: {from: 2026-02-26, to: 2026-03-02}
"""
SECRET = b"140829199001010000 secret " * 500


@pytest.fixture
def settings(tmp_path):
    """Three revisions of January, February and March, and what a run leaves."""
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "op.yaml").write_text(CONFIG, "utf-8")
    settings = load_settings(tmp_path / "configs" / "op.yaml")
    store = Store(settings.out / "plans.sqlite")
    for number in (1, 2, 3):
        plan = replace(operation.plan(), revision=number, made_at=datetime(2026, number, 10, tzinfo=UTC))
        store.save(plan, {"legs.csv": os.urandom(9000) + SECRET})
    for name in ("plan/legs.csv", "manifests/vehicle/a.xlsx", "solve-cache/x.npz", ".plan-abc/legs.csv"):
        (settings.out / name).parent.mkdir(parents=True, exist_ok=True)
        (settings.out / name).write_bytes(SECRET)
    for name in ("roster_marked.xlsx", "notices.csv", "access.log", "report.html", "roads.sqlite"):
        (settings.out / name).write_bytes(b"x")
    return settings


def store_of(settings):
    return Store(settings.out / "plans.sqlite")


def due(settings, before):
    return find_due(settings, store_of(settings).history(), date.fromisoformat(before))


def left(settings):
    return sorted(p.name for p in settings.out.iterdir())


GONE = [
    ".plan-abc", "manifests", "notices.csv", "plan", "report.html", "roads.sqlite", "roster_marked.xlsx", "solve-cache"
]  # fmt: skip
STAYS = ["access.log", "plans.sqlite"]


@pytest.mark.parametrize(
    ("before", "revisions", "entries"),
    [
        ("2026-01-10", (), []),
        ("2026-01-11", (1,), []),
        ("2026-03-02", (1, 2), []),
        ("2026-03-10", (1, 2), []),
        ("2026-03-11", (1, 2, 3), GONE),
    ],
)
def test_what_is_due_goes_by_the_day_it_was_made_and_the_last_day_of_travel(settings, before, revisions, entries):
    found = due(settings, before)
    assert (found.revisions, [p.name for p in found.entries]) == (revisions, entries)


def test_a_plan_in_force_is_not_due_however_old_it_is(settings):
    horizon = settings.horizon.model_copy(update={"to_date": date(2027, 1, 1)})
    settings = settings.model_copy(update={"horizon": horizon})
    found = due(settings, "2026-12-31")
    assert (found.revisions, found.entries) == ((1, 2), ())


def test_data_is_gone_from_the_disk_and_counts_are_kept(settings):
    before = [r.summary for r in store_of(settings).history()]
    purge(settings, store_of(settings), due(settings, "2026-12-31"), AT)
    assert left(settings) == STAYS
    assert [r.summary for r in store_of(settings).history()] == before
    assert {r.purged_at for r in store_of(settings).history()} == {"2026-06-01T08:00:00+00:00"}
    assert (settings.out / "plans.sqlite").stat().st_size < 60_000
    with pytest.raises(StorageError, match="purged"):
        store_of(settings).load(2)
    assert store_of(settings).next_revision() == 4
    assert not due(settings, "2026-12-31")


def test_a_deleted_bundle_leaves_no_bytes_in_the_store(settings):
    with closing(sqlite3.connect(settings.out / "plans.sqlite")) as base:
        (packed,) = base.execute("select content from files where revision = 1").fetchone()
    piece = packed[2000:2032]
    assert piece in (settings.out / "plans.sqlite").read_bytes()
    purge(settings, store_of(settings), due(settings, "2026-01-11"), AT)
    assert piece not in (settings.out / "plans.sqlite").read_bytes()
    assert store_of(settings).load(2)["legs.csv"].endswith(SECRET)


def test_inputs_inside_the_output_folder_and_the_far_ends_of_links_are_not_touched(settings, tmp_path):
    roster = settings.out / "mine" / "w.csv"
    roster.parent.mkdir()
    roster.write_text("mine")
    away = tmp_path / "away"
    away.mkdir()
    (away / "file").write_text("theirs")
    (settings.out / "link").symlink_to(away)
    inputs = settings.inputs.model_copy(update={"workers": (Path("../out/op/mine/w.csv"),)})
    settings = settings.model_copy(update={"inputs": inputs})
    found = due(settings, "2026-12-31")
    assert [p.name for p in found.kept] == ["mine"]
    purge(settings, store_of(settings), found, AT)
    assert left(settings) == sorted([*STAYS, "mine"])
    assert (away / "file").read_text() == "theirs"


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("step", range(1, 11))
def test_an_interruption_leaves_everything_as_it_was(settings, monkeypatch, step, error):
    settings.ledger.parent.mkdir()
    settings.ledger.write_bytes(SECRET)
    found, before, calls = due(settings, "2026-12-31"), left(settings), []

    def faulty(kind):
        real = getattr(*kind)

        def call(*args):
            calls.append(1)
            if len(calls) == step:
                raise error("no")
            return real(*args)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", faulty((Path, "rename")))
        patch.setattr(Store, "purge", faulty((Store, "purge")))
        with pytest.raises((KeyboardInterrupt, StorageError)):
            purge(settings, store_of(settings), found, AT)
    assert left(settings) == before
    assert settings.ledger.read_bytes() == SECRET
    assert len(store_of(settings).load(1)["legs.csv"]) > 9000


def test_what_an_interrupted_removal_left_is_removed_by_the_next(settings, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            purge(settings, store_of(settings), due(settings, "2026-12-31"), AT)
    assert {name[0] for name in left(settings) if name not in STAYS} == {"."}
    purge(settings, store_of(settings), due(settings, "2026-12-31"), AT)
    assert left(settings) == STAYS


def test_maps_and_the_ledger_go_and_so_does_what_a_killed_merge_left(settings, tmp_path):
    for name in ("maps/op/trips/T1.html", "data/op.ledger.jsonl", "data/w.csv", "maps/other/overview.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(SECRET)
    for path in (tmp_path / "data" / "w.csv", settings.ledger):
        draft_of(path).write_bytes(SECRET)
    purge(settings, store_of(settings), due(settings, "2026-12-31"), AT)
    files = [p.relative_to(tmp_path).as_posix() for folder in ("data", "maps") for p in (tmp_path / folder).rglob("*")]
    assert sorted(files) == ["data/w.csv", "maps/op", "maps/other", "maps/other/overview.html"]
    assert not due(settings, "2026-12-31")


def test_lists_beside_the_plan_stay_and_their_drafts_go(settings):
    inputs = settings.inputs.model_copy(update={"workers": (Path("../out/op/w.csv"),)})
    settings = settings.model_copy(update={"inputs": inputs})
    (settings.out / "w.csv").write_bytes(SECRET)
    draft_of(settings.out / "w.csv").write_bytes(SECRET)
    purge(settings, store_of(settings), due(settings, "2026-12-31"), AT)
    assert left(settings) == [*STAYS, "w.csv"]


def test_folders_on_different_disks_do_not_stop_the_purge(settings, monkeypatch):
    for path in (settings.ledger, settings.maps / "overview.html"):
        path.parent.mkdir(parents=True)
        path.write_bytes(SECRET)
    real = Path.rename

    def rename(self, target):
        if self.parent != Path(target).parent:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(self))
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    purge(settings, store_of(settings), due(settings, "2026-12-31"), AT)
    assert left(settings) == STAYS
    assert not settings.ledger.exists()
    assert not any(settings.maps.iterdir())


def test_a_ledger_of_the_same_lists_under_another_operation_is_another_file(settings):
    other = settings.model_copy(update={"name": "autumn"})
    settings.ledger.parent.mkdir()
    other.ledger.write_bytes(SECRET)
    assert other.ledger not in due(settings, "2026-12-31").entries


def test_a_ledger_that_is_a_link_stays_and_is_told_since_what_it_holds_lies_elsewhere(settings, tmp_path):
    settings.ledger.parent.mkdir()
    (tmp_path / "share").write_bytes(SECRET)
    settings.ledger.symlink_to(tmp_path / "share")
    found = due(settings, "2026-12-31")
    assert found.kept == (settings.ledger,)
    purge(settings, store_of(settings), found, AT)
    assert settings.ledger.read_bytes() == SECRET


def test_a_ledger_and_a_road_cache_that_operations_share_stay_and_are_told(settings, tmp_path):
    shared = [tmp_path / "data" / "shared.ledger.jsonl", tmp_path / "roads.sqlite"]
    shared[0].parent.mkdir()
    for path in shared:
        path.write_bytes(SECRET)
    config = CONFIG.replace("o.csv}", "o.csv, ledger: ../data/shared.ledger.jsonl}")
    config += "policy: {travel: {server: {kind: osrm, url: 'http://127.0.0.1:9', cache: ../roads.sqlite}}}\n"
    settings.path.write_text(config, "utf-8")
    settings = load_settings(settings.path)
    found = due(settings, "2026-12-31")
    assert [p.resolve() for p in found.kept] == shared
    purge(settings, store_of(settings), found, AT)
    assert all(path.exists() for path in shared)
