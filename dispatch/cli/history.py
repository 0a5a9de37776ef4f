"""``dispatch history``: the stored revisions, or the log of unmasked exports and purges."""
# ruff: noqa: PLC0415 - a help page needs none of it

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispatch.cli.verb import CONFIG, Voice, verb
from dispatch.errors import AuditFailedError

if TYPE_CHECKING:
    from dispatch.config import Settings

KEYS = ("served", "unserved", "objective", "lower_bound", "gap")
LOGGED = ("line", "when", "who", "what", "why", "revision", "revisions")


@verb("history", CONFIG, click.Option(["--access"], is_flag=True))
def command(voice: Voice, config: Path, access: bool) -> None:
    settings = voice.settings(config)
    if access:
        _access(voice, settings)
    else:
        _revisions(voice, settings)


def _access(voice: Voice, settings: Settings) -> None:
    """The log line by line; raises ``AuditFailedError`` with the first line that is not as it was written."""
    from dispatch import pipeline

    screen = voice.screen()
    lines, fault = pipeline.access_log(settings)
    voice.facts |= {"name": settings.name, "lines": lines, "fault": fault and {"line": fault[0], "what": fault[1]}}
    if lines:
        headings = [voice.say(f"access.{key}") for key in LOGGED]
        screen.table(settings.name, headings, [[str(line.get(key, "")) for key in LOGGED] for line in lines])
    if fault:
        raise AuditFailedError(voice.say(f"access.fault.{fault[1]}", line=fault[0], file=settings.access_log))
    screen.say(voice.say("access.sound" if lines else "access.none", n=len(lines)))


def _revisions(voice: Voice, settings: Settings) -> None:
    from dispatch import pipeline

    screen = voice.screen()
    kept = [
        {
            "revision": r.revision,
            "made_at": r.made_at.isoformat(),
            **{key: r.summary.get(key) for key in KEYS},
            "purged_at": r.purged_at,
        }
        for r in pipeline.history(settings)
    ]
    voice.facts |= {"name": settings.name, "revisions": kept}
    if not kept:
        screen.say(voice.say("history.none"))
        return
    headings = [voice.say(f"history.{key}") for key in kept[0]]
    screen.table(settings.name, headings, [[str(value) for value in line.values()] for line in kept])
