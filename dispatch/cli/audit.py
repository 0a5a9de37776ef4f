"""``dispatch audit``: hold the stored bundle to every rule."""

from __future__ import annotations

from pathlib import Path

from dispatch.cli.verb import CONFIG, HEADINGS, Voice, verb


@verb("audit", CONFIG, HEADINGS)
def command(voice: Voice, config: Path) -> None:
    job = voice.job(config)
    job.load()
    job.audit()
    job.screen.say(voice.say("audit.clean"))
