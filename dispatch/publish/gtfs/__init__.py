"""The plan as a GTFS feed, so that any trip planner or map of public transport can show it: times and places only."""

from __future__ import annotations

from pathlib import Path

from dispatch.config import Settings
from dispatch.publish.gtfs.archive import write_archive
from dispatch.publish.gtfs.tables import feed
from dispatch.publish.pages import stamp
from dispatch.publish.privacy import Audience
from dispatch.publish.view import View


def write_gtfs(view: View, folder: Path, settings: Settings) -> list[Path]:
    """Write ``gtfs.zip`` into ``folder``; returns it in a list. Raises ``OSError`` when writing fails.

    The feed says when which vehicle calls where, and tells neither how many ride nor who. The archive's comment is the
    stamp of every publication.
    """
    path = folder / "gtfs.zip"
    tables = feed(view, settings.publish.feed_url)
    write_archive(tables, path, made_at=view.local(view.plan.made_at), comment=stamp(view, Audience.CITY))
    return [path]
