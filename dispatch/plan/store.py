"""The store of revisions: one SQLite file per operation that holds every bundle ever made, compressed.

Rollback journal and full synchronisation: a process killed at any moment loses nothing that was committed.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dispatch.errors import StorageError
from dispatch.model.plan import Plan

SCHEMA = """
create table if not exists revisions (
  revision integer primary key, name text not null, made_at text not null, summary text not null
) strict;
create table if not exists files (
  revision integer not null references revisions, name text not null, content blob not null,
  primary key (revision, name)
) strict;
create table if not exists purged (revision integer primary key references revisions, at text not null) strict;
create table if not exists access (only integer primary key check (only = 1), lines integer, digest text) strict;
"""


@dataclass(frozen=True, slots=True)
class RevisionInfo:
    """One line of the history; ``summary`` is that of the bundle and outlives its people's data."""

    revision: int
    name: str
    made_at: datetime
    summary: dict[str, Any]
    purged_at: str = ""


@dataclass(frozen=True, slots=True)
class Store:
    """Revisions in the SQLite file at ``path``, readable by its owner only. Every method raises ``StorageError``."""

    path: Path

    def next_revision(self) -> int:
        """The number the next plan should carry; revisions count from 1."""
        with self._open() as base:
            return int(base.execute("select coalesce(max(revision), 0) + 1 from revisions").fetchone()[0])

    def save(self, plan: Plan, files: Mapping[str, bytes]) -> None:
        """Keep a plan's bundle files under its revision, all of them or none; a revision is never overwritten."""
        packed = [(plan.revision, name, zlib.compress(content)) for name, content in files.items()]
        row = (plan.revision, plan.name, plan.made_at.isoformat(), json.dumps(plan.summary, ensure_ascii=False))
        with self._open() as base:
            base.execute("begin immediate")
            base.execute("insert into revisions values (?, ?, ?, ?)", row)
            base.executemany("insert into files values (?, ?, ?)", packed)
            base.execute("commit")

    def load(self, revision: int) -> Mapping[str, bytes]:
        """The bundle files of one revision by name."""
        with self._open() as base:
            rows = base.execute("select name, content from files where revision = ?", (revision,)).fetchall()
            purged = base.execute("select at from purged where revision = ?", (revision,)).fetchone()
        if purged:
            raise StorageError(f"{self.path}: the people of revision {revision} were purged at {purged[0]}")
        if not rows:
            raise StorageError(f"{self.path}: no revision {revision}; see the history for those there are")
        try:
            return {name: zlib.decompress(content) for name, content in rows}
        except zlib.error as error:
            raise StorageError(f"{self.path}: revision {revision} is damaged ({error})") from error

    def history(self) -> tuple[RevisionInfo, ...]:
        """Every revision, oldest first."""
        with self._open() as base:
            rows = base.execute(
                "select revision, name, made_at, summary, coalesce(at, '') from revisions"
                " left join purged using (revision) order by revision"
            ).fetchall()
        return tuple(RevisionInfo(r, n, datetime.fromisoformat(at), json.loads(s), p) for r, n, at, s, p in rows)

    def purge(self, revisions: Sequence[int], at: datetime) -> None:
        """Remove the bundles of revisions and keep their summaries; what was on the file's pages is overwritten."""
        with self._open() as base:
            # VACUUM's own copy stays out of the folder of temporary files.
            base.execute("pragma temp_store = memory")
            base.execute("pragma secure_delete = on")
            base.execute("begin immediate")
            base.executemany("delete from files where revision = ?", [(r,) for r in revisions])
            row = at.isoformat(timespec="seconds")
            base.executemany("insert or ignore into purged values (?, ?)", [(r, row) for r in revisions])
            base.execute("commit")
            base.execute("vacuum")

    def access_head(self) -> tuple[int, str]:
        """How many lines the access log has had and the digest of the last."""
        with self._open() as base:
            return _head(base)

    def advance_access(self, step: Callable[[tuple[int, str]], tuple[int, str]]) -> None:
        """Keep what ``step`` makes of the access log's head, alone; where it raises, the old one stays."""
        with self._open() as base:
            base.execute("begin immediate")
            base.execute("insert or replace into access values (1, ?, ?)", step(_head(base)))
            base.execute("commit")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection with the schema in place; leaving without ``commit`` undoes what was begun."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # SQLite gives its journal the permissions of the file it belongs to
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self.path.chmod(0o600)
            with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as base:
                base.execute("pragma journal_mode = delete")
                base.execute("pragma synchronous = full")
                base.executescript(SCHEMA)
                yield base
        except (sqlite3.Error, OSError) as error:
            raise StorageError(f"{self.path}: the plan store cannot be used ({error})") from error


def _head(base: sqlite3.Connection) -> tuple[int, str]:
    row = base.execute("select lines, digest from access").fetchone()
    return (int(row[0]), str(row[1])) if row else (0, "")
