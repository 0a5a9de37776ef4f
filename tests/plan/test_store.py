"""The store of revisions keeps what it was given, whatever happens to the process."""

import stat
import subprocess
import sys
import time
from dataclasses import replace

import operation
import pytest

from dispatch.errors import StorageError
from dispatch.plan.store import Store

WRITER = """
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from dispatch.model.plan import Plan
from dispatch.plan.store import Store
store = Store(Path(sys.argv[1]))
plan = Plan("x", 0, datetime(2026, 1, 1, tzinfo=UTC), (), (), (), (), {})
while True:
    revision = store.next_revision()
    content = revision.to_bytes(8, "big") * 20_000
    store.save(replace(plan, revision=revision), {"a.csv": content, "b.csv": content})
    print(revision, flush=True)
"""


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "out" / "plans.sqlite")


def revision(number):
    return replace(operation.plan(), revision=number)


def test_what_is_saved_is_loaded(store):
    files = {"trips.csv": b"\xef\xbb\xbfa,b\r\n", "summary.json": b"{}"}
    store.save(revision(1), files)
    store.save(revision(2), {"trips.csv": b""})
    assert store.load(1) == files
    assert store.load(2) == {"trips.csv": b""}


def test_revisions_count_from_one(store):
    assert store.next_revision() == 1
    store.save(revision(1), {"a": b""})
    assert store.next_revision() == 2


def test_the_history_tells_each_revision_oldest_first(store):
    for number in (1, 2):
        store.save(revision(number), {"a": b""})
    kept = store.history()
    assert [r.revision for r in kept] == [1, 2]
    assert kept[0].made_at == operation.DAY
    assert kept[0].summary["served"] == 13


def test_a_revision_is_never_overwritten(store):
    store.save(revision(1), {"a": b"first"})
    with pytest.raises(StorageError):
        store.save(revision(1), {"a": b"second"})
    assert store.load(1) == {"a": b"first"}


def test_an_unknown_revision_is_refused(store):
    with pytest.raises(StorageError, match="no revision 7"):
        store.load(7)


def test_a_file_that_is_no_store_is_refused(store):
    store.path.parent.mkdir()
    store.path.write_bytes(b"not a database, but long enough to be looked at" * 50)
    with pytest.raises(StorageError, match="cannot be used"):
        store.history()


def test_only_the_owner_may_read_it(store):
    store.save(revision(1), {"a": b""})
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_a_file_left_readable_is_closed_to_others(store):
    store.save(revision(1), {"a": b""})
    store.path.chmod(0o644)
    store.history()
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("pause", [0.0, 0.007, 0.013])
def test_a_killed_process_loses_nothing_it_had_saved(store, pause):
    """SIGKILL at some point of a save: every revision announced is whole, none is half there, and saving goes on."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(store.path)], stdout=subprocess.PIPE, text=True) as writer:
        announced = [int(writer.stdout.readline()) for _ in range(5)]
        time.sleep(pause)
        writer.kill()
    kept = [r.revision for r in store.history()]
    assert kept[: len(announced)] == announced
    for number in kept:
        content = number.to_bytes(8, "big") * 20_000
        assert store.load(number) == {"a.csv": content, "b.csv": content}
    store.save(revision(store.next_revision()), {"a": b""})
