"""``dispatch purge``: remove what is kept of people once it is no longer needed; counts stay."""
# ruff: noqa: PLC0415 - a help page needs none of it

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from dispatch.cli.verb import CONFIG, REASON, Voice, verb
from dispatch.errors import ConfigError

if TYPE_CHECKING:
    from dispatch.config import Settings

OLDER = click.Option(["--older-than"], default="", metavar="DAYS|DATE")
YES = click.Option(["--yes"], is_flag=True)
DRY_RUN = click.Option(["--dry-run"], is_flag=True)


@verb("purge", CONFIG, OLDER, DRY_RUN, YES, REASON)
def command(voice: Voice, config: Path, older_than: str, dry_run: bool, yes: bool, reason: str) -> None:
    from dispatch import pipeline

    settings = voice.settings(config)
    before = _before(voice, settings, older_than)
    screen, due = voice.screen(), pipeline.due(settings, before)
    entries = [str(path) for path in due.entries]
    found = {"before": before.isoformat(), "revisions": list(due.revisions), "entries": entries}
    voice.facts |= {"name": settings.name, **found, "kept": [str(path) for path in due.kept], "purged": False}
    for path in due.kept:
        screen.say(voice.say("purge.kept", file=path))
    if not due:
        screen.say(voice.say("purge.none", before=before))
        return
    rows = [(voice.say("purge.revision", revision=n), voice.say("purge.store")) for n in due.revisions]
    rows += [(path.name, str(path.parent)) for path in due.entries]
    screen.table(voice.say("purge.title", name=settings.name, before=before), ("", ""), rows)
    if dry_run or not (yes or _agreed(voice)):
        screen.say(voice.say("purge.untouched"))
        return
    pipeline.purge(settings, due, before, reason)
    voice.facts["purged"] = True
    screen.say(voice.say("purge.done", revisions=len(due.revisions), entries=len(entries)))


def _before(voice: Voice, settings: Settings, older_than: str) -> date:
    """The day before which data is due: told as a date or in days, else by the config's retention."""
    days = settings.privacy.retention_days
    given = older_than.strip() or ("" if days is None else str(days))
    if not given:
        raise ConfigError(voice.say("purge.when"))
    try:
        if not given.isdecimal():
            return date.fromisoformat(given)
        return datetime.now(ZoneInfo(settings.timezone)).date() - timedelta(days=int(given))
    except (ValueError, OverflowError) as error:
        raise ConfigError(voice.say("purge.when")) from error


def _agreed(voice: Voice) -> bool:
    if voice.json or not sys.stdin.isatty():
        raise ConfigError(voice.say("purge.yes"))
    return click.confirm(voice.say("purge.ask"), err=True)
