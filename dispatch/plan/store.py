"""The store of revisions: one SQLite file per operation that holds every bundle ever made, compressed.

Rollback journal and full synchronisation: a process killed at any moment loses nothing that was committed.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
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
"""


@dataclass(frozen=True, slots=True)
class RevisionInfo:
    """One line of the history; ``summary`` is the summary of that revision's bundle."""

    revision: int
    name: str
    made_at: datetime
    summary: dict[str, Any]


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
        if not rows:
            raise StorageError(f"{self.path}: no revision {revision}; see the history for those there are")
        try:
            return {name: zlib.decompress(content) for name, content in rows}
        except zlib.error as error:
            raise StorageError(f"{self.path}: revision {revision} is damaged ({error})") from error

    def history(self) -> tuple[RevisionInfo, ...]:
        """Every revision, oldest first."""
        with self._open() as base:
            rows = base.execute("select revision, name, made_at, summary from revisions order by revision").fetchall()
        return tuple(RevisionInfo(r, n, datetime.fromisoformat(at), json.loads(s)) for r, n, at, s in rows)

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
