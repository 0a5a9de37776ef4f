"""``dispatch check``: every finding in the inputs."""

from __future__ import annotations

from pathlib import Path

from dispatch.cli.verb import CONFIG, HEADINGS, SKIP_REJECTED, Voice, verb


@verb("check", CONFIG, SKIP_REJECTED, HEADINGS)
def command(voice: Voice, config: Path, skip_rejected: bool) -> None:
    job = voice.job(config)
    job.check(skip_rejected)
    job.screen.say(voice.say("checked", **voice.facts))
