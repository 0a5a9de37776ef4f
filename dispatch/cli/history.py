"""``dispatch history``: the stored revisions."""
# ruff: noqa: PLC0415 - a help page needs none of it

from __future__ import annotations

from pathlib import Path

from dispatch.cli.verb import CONFIG, Voice, verb

KEYS = ("served", "unserved", "objective", "lower_bound", "gap")


@verb("history", CONFIG)
def command(voice: Voice, config: Path) -> None:
    from dispatch import pipeline

    settings, screen = voice.settings(config), voice.screen()
    kept = [
        {"revision": r.revision, "made_at": r.made_at.isoformat(), **{key: r.summary.get(key) for key in KEYS}}
        for r in pipeline.history(settings)
    ]
    voice.facts |= {"name": settings.name, "revisions": kept}
    if not kept:
        screen.say(voice.say("history.none"))
        return
    headings = [voice.say(f"history.{key}") for key in kept[0]]
    screen.table(settings.name, headings, [[str(value) for value in line.values()] for line in kept])
