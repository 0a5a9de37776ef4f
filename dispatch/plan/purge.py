"""What is kept of people after their journeys, and how it is removed: all of what is due or nothing, counts stay."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dispatch.config import Settings
from dispatch.errors import StorageError
from dispatch.plan.store import RevisionInfo, Store
from dispatch.private_file import draft_of, drafts

# What of ``out/NAME`` tells nothing of anybody; whatever else a run wrote there goes, new kinds of files too.
STAYS = ("plans.sqlite", "plans.sqlite-journal", "access.log")


@dataclass(frozen=True, slots=True)
class Due:
    """What is due: revisions of the store; entries of ``out/NAME`` and ``maps/NAME``, the roster's ledger, what killed
    programs left beside it and the lists. Those of ``kept`` hold what the config names.
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
    made = [p for p in _entries(settings.out) if p.name not in STAYS] + _entries(settings.maps)
    beside = [*_drafts(settings), *(p for p in (settings.ledger,) if os.path.lexists(p))]
    entries, used = list(dict.fromkeys([*made, *beside])), _used(settings)
    kept = [p for p in entries if any(file.is_relative_to(p.resolve()) for file in used)]
    away = settings.road_cache  # which operations may share, where the config names it
    kept += [away] if away.exists() and not away.resolve().is_relative_to(settings.out.resolve()) else []
    return Due(old, tuple(p for p in entries if p not in kept), tuple(kept))


def purge(settings: Settings, store: Store, due: Due, at: datetime) -> None:
    """Remove what is due; what cannot be removed whole stays whole. Raises ``StorageError``."""
    moved: list[tuple[Path, Path]] = []
    try:
        try:
            for entry in due.entries:
                # Beside itself, since lists, maps and plans may lie on different disks.
                moved.append((entry, draft_of(entry)))
                entry.rename(moved[-1][1])
            if due.revisions:
                store.purge(due.revisions, at)
        except BaseException:
            for entry, away in reversed(moved):
                if os.path.lexists(away):
                    away.rename(entry)
            raise
        for _, away in moved:
            # Nothing points here any more; an interruption now leaves what the next purge removes.
            _remove(away)
    except OSError as error:
        raise StorageError(
            f"{error.filename or settings.out}: cannot be removed ({error.strerror or error})"
        ) from error


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _drafts(settings: Settings) -> list[Path]:
    """What killed programs left of lists and of the ledger beside them."""
    given = [settings.path.resolve().parent / path for path in settings.inputs.workers]
    folders = {settings.ledger.parent, *(path if path.is_dir() else path.parent for path in given)}
    return sorted({path for folder in folders for path in drafts(folder.resolve())})


def _used(settings: Settings) -> list[Path]:
    """The user's own files: the config, what it reads, the keys; wherever they lie they are not ours to remove."""
    home, publish = settings.path.resolve().parent, settings.publish
    named = [settings.privacy.access_key, publish.subsidy_key, publish.passwords, publish.map.boundary]
    for given in settings.inputs.model_dump().values():
        named += [path for path in (given if isinstance(given, list | tuple) else [given]) if isinstance(path, Path)]
    named += [settings.ledger] if settings.ledger.is_symlink() else []  # the ledger itself lies elsewhere
    return [settings.path.resolve(), *((home / path).resolve() for path in named if path is not None)]
