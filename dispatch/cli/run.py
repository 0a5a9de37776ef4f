"""``dispatch run``: check, plan, audit, publish."""

from __future__ import annotations

from pathlib import Path

from dispatch.cli.verb import CONFIG, HEADINGS, REASON, REQUIRE_ALL, SKIP_REJECTED, UNMASK, WARM, Voice, verb


@verb("run", CONFIG, REQUIRE_ALL, SKIP_REJECTED, WARM, UNMASK, REASON, HEADINGS)
def command(
    voice: Voice, config: Path, require_all: bool, skip_rejected: bool, warm: bool, unmask: bool, reason: str
) -> None:
    job = voice.job(config)
    job.allow(unmask, reason)
    job.check(skip_rejected)
    job.require_passwords()
    job.plan(warm)
    job.audit()
    job.require_served(require_all)
    job.publish(None, unmask, reason)
    job.close()
