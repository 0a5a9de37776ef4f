"""``dispatch plan``: check, solve, store a new revision."""

from __future__ import annotations

from pathlib import Path

from dispatch.cli.verb import CONFIG, REQUIRE_ALL, SKIP_REJECTED, Voice, verb


@verb("plan", CONFIG, REQUIRE_ALL, SKIP_REJECTED)
def command(voice: Voice, config: Path, require_all: bool, skip_rejected: bool) -> None:
    job = voice.job(config)
    job.check(skip_rejected)
    job.plan()
    job.require_served(require_all)
    job.close()
