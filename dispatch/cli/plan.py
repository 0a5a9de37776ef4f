"""``dispatch plan``: check, solve, store a new revision."""

from __future__ import annotations

from pathlib import Path

from dispatch.cli.verb import CONFIG, HEADINGS, REQUIRE_ALL, SKIP_REJECTED, WARM, Voice, verb


@verb("plan", CONFIG, REQUIRE_ALL, SKIP_REJECTED, WARM, HEADINGS)
def command(voice: Voice, config: Path, require_all: bool, skip_rejected: bool, warm: bool) -> None:
    job = voice.job(config)
    job.check(skip_rejected)
    job.plan(warm)
    job.require_served(require_all)
    job.close()
