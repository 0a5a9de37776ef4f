"""``dispatch merge``: lists that came, shown as what they change and then put into the roster."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from dispatch.cli.verb import CONFIG, HEADINGS, Voice, verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dispatch.cli.screen import Screen
    from dispatch.intake.merge import Merge, Person

LISTS = click.Argument(["lists"], nargs=-1, type=click.Path(path_type=Path))
REPLACES = click.Option(["--replaces"], default="", metavar="NAME")
READMIT = click.Option(["--readmit"], multiple=True, metavar="WORKER")
WITHDRAW = click.Option(["--withdraw"], multiple=True, metavar="WORKER")
DRY_RUN = click.Option(["--dry-run"], is_flag=True)
YES = click.Option(["--yes"], is_flag=True)
GROUPS = ("added", "withdrawn", "readmitted", "kept_out", "moved", "elsewhere", "ambiguous")
SHOWN = 200


@verb("merge", CONFIG, LISTS, REPLACES, READMIT, WITHDRAW, DRY_RUN, YES, HEADINGS)
def command(voice: Voice, config: Path, lists: tuple[Path, ...], dry_run: bool, yes: bool, **asked: Any) -> None:  # noqa: ANN401
    from dispatch import pipeline  # noqa: PLC0415 - the help page needs none of it

    settings, screen = voice.settings(config), voice.screen()
    voice.facts |= {"name": settings.name, "config": str(config), "applied": False}
    found, inputs = pipeline.read_merge(settings, lists, screen, **asked)
    voice.facts |= _facts(found) | {
        "rostered": inputs.rostered,
        "accepted": len(inputs.workers),
        "rejected": inputs.rejected,
    }
    _show(voice, screen, found)
    if dry_run or not _confirmed(voice, yes):
        screen.say(voice.say("merge.not_applied"))
        return
    at = datetime.now(ZoneInfo(settings.timezone)).replace(microsecond=0)
    voice.facts |= {"ledger": str(pipeline.merge(settings, found, at)), "applied": True}
    screen.say(voice.say("merge.applied", ledger=voice.facts["ledger"]))


def _confirmed(voice: Voice, yes: bool) -> bool:
    """Whether the user wants it done; nobody is asked who cannot answer."""
    if yes or voice.json or not sys.stdin.isatty():
        return yes
    return click.confirm(voice.say("merge.confirm"), err=True)


def _facts(found: Merge) -> dict[str, Any]:
    """The merge without what tells people apart, which holds ID numbers."""
    people = {group: [_public(p) for p in getattr(found, group)] for group in GROUPS}
    lists = [{"file": e.file, "replaces": e.replaces} for e in found.editions]
    changed = [
        {**_public(c.person), "by_name": c.by_name, "cells": [asdict(cell) for cell in c.cells]} for c in found.changed
    ]
    return {"lists": lists, "changed": changed, "unchanged": found.unchanged, **people}


def _public(person: Person) -> dict[str, Any]:
    return {key: value for key, value in asdict(person).items() if key not in {"key", "own"}}


def _show(voice: Voice, screen: Screen, found: Merge) -> None:
    for edition in found.editions:
        key = "merge.replaces" if edition.replaces else "merge.new_list"
        screen.say(voice.say(key, file=edition.file, old=edition.replaces))
    rows = [*_changes(voice, found), *_people(voice, found)]
    headings = [voice.say(f"merge.{c}") for c in ("what", "worker", "name", "id_number", "place", "column", "change")]
    if rows:
        screen.table(voice.say("merge.title"), headings, rows[: None if voice.loudness > 0 else SHOWN])
    if len(rows) > SHOWN and voice.loudness <= 0:
        screen.say(voice.say("merge.more", n=len(rows) - SHOWN))
    counts = {group: len(getattr(found, group)) for group in (*GROUPS, "changed")}
    screen.say(voice.say("merge.counts", unchanged=found.unchanged, **counts))
    screen.say(voice.say("merge.checked", **{k: voice.facts[k] for k in ("rostered", "accepted", "rejected")}))


def _people(voice: Voice, found: Merge) -> Iterator[tuple[str, ...]]:
    for group in GROUPS:
        for person in getattr(found, group):
            yield (voice.say(f"merge.{group}"), *_who(person), "", "")


def _changes(voice: Voice, found: Merge) -> Iterator[tuple[str, ...]]:
    for changed in found.changed:
        word = voice.say("merge.changed_by_name" if changed.by_name else "merge.changed")
        for cell in changed.cells:
            yield (word, *_who(changed.person), cell.column, f"{cell.before or '–'} → {cell.after or '–'}")


def _who(person: Person) -> tuple[str, ...]:
    place = " ".join(filter(None, (person.file, person.sheet, str(person.row or ""))))
    return person.worker_id, person.name, person.id_number, place
