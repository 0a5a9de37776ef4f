"""``dispatch publish``: manifests, arrivals, maps and report from the stored plan."""

from __future__ import annotations

from pathlib import Path

import click

from dispatch.cli.verb import CONFIG, HEADINGS, REASON, UNMASK, Voice, verb

TRIP = click.Option(["--trip"], multiple=True, metavar="TRIP_ID")


@verb("publish", CONFIG, click.Option(["--only"], metavar="PARTS"), TRIP, UNMASK, REASON, HEADINGS)
def command(voice: Voice, config: Path, only: str | None, trip: tuple[str, ...], unmask: bool, reason: str) -> None:
    job = voice.job(config)
    job.allow(unmask, reason)
    job.load()
    job.audit()
    parts = None if only is None else frozenset(part.strip() for part in only.split(",") if part.strip())
    job.publish(parts, unmask, reason, trip)
    job.close()
