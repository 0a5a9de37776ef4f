"""What is kept of people after their journeys, and how it is removed: all of what is due or nothing, counts stay."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import mkdtemp
from zoneinfo import ZoneInfo

from dispatch.config import Settings
from dispatch.errors import StorageError
from dispatch.plan.store import RevisionInfo, Store

# What of ``out/NAME`` tells nothing of anybody; whatever else a run wrote there goes, new kinds of files too.
STAYS = ("plans.sqlite", "access.log", "roads.sqlite", "report.html")


@dataclass(frozen=True, slots=True)
class Due:
    """What is due: revisions of the store, entries of ``out/NAME`` and the roster's ledger; those of ``kept`` hold the
    user's inputs.
    """

    revisions: tuple[int, ...]
    entries: tuple[Path, ...]
    kept: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.revisions or self.entries)


def find_due(settings: Settings, revisions: Iterable[RevisionInfo], before: date) -> Due:
    """What is older than a date. A plan in force, and what was published of it, is as old as its last day of travel."""
    zone = ZoneInfo(settings.timezone)
    days = {r.revision: r.made_at.astimezone(zone).date() for r in revisions}
    purged = {r.revision for r in revisions if r.purged_at}
    newest, travelled = max(days, default=0), settings.horizon.to_date < before
    old = tuple(n for n, day in days.items() if day < before and n not in purged and (n != newest or travelled))
    if not (travelled and all(day < before for day in days.values())):
        return Due(old, ())
    entries = [p for p in _entries(settings.out) if p.name not in STAYS and p != settings.road_cache]
    entries += [settings.ledger] if settings.ledger.exists() else []
    used = _used(settings)
    kept = tuple(p for p in entries if any(file.is_relative_to(p.resolve()) for file in used))
    return Due(old, tuple(p for p in entries if p not in kept), kept)


def purge(settings: Settings, store: Store, due: Due, at: datetime) -> None:
    """Remove what is due; what cannot be removed whole stays whole. Raises ``StorageError``."""
    moved: list[tuple[Path, Path]] = []
    try:
        room = Path(mkdtemp(prefix=".purging-", dir=settings.out)) if due.entries else None
        try:
            for entry in due.entries:
                assert room is not None
                moved.append((entry, room / f"{len(moved)}"))
                entry.rename(moved[-1][1])
            if due.revisions:
                store.purge(due.revisions, at)
        except BaseException:
            for entry, away in reversed(moved):
                if away.exists() or away.is_symlink():
                    away.rename(entry)
            if room:
                room.rmdir()
            raise
        if room:
            # Nothing points here any more; an interruption now leaves a folder that the next purge removes.
            shutil.rmtree(room)
    except OSError as error:
        raise StorageError(
            f"{error.filename or settings.out}: cannot be removed ({error.strerror or error})"
        ) from error


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _used(settings: Settings) -> list[Path]:
    """The user's own files: the config, what it reads, the key; wherever they lie they are not ours to remove."""
    home = settings.path.resolve().parent
    named = [settings.privacy.access_key]
    for given in settings.inputs.model_dump().values():
        named += [path for path in (given if isinstance(given, list | tuple) else [given]) if isinstance(path, Path)]
    return [settings.path.resolve(), *((home / path).resolve() for path in named if path is not None)]
