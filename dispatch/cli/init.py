"""``dispatch init``: a new workspace."""
# ruff: noqa: PLC0415 - a help page needs none of it

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from dispatch.cli.verb import Voice, verb

FOLDER = click.Argument(["folder"], metavar="DIR", type=click.Path(path_type=Path))
AHEAD = timedelta(days=14)


@verb("init", FOLDER)
def command(voice: Voice, folder: Path) -> None:
    from dispatch.errors import ConfigError

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(voice.say("not_empty", folder=folder))
    config, *tables = _make(folder.absolute(), voice)
    voice.facts |= {"folder": str(folder), "config": str(config), "files": [str(path) for path in (config, *tables)]}
    voice.screen().say(voice.say("made", folder=folder, data=tables[0].parent, config=config))


def _make(folder: Path, voice: Voice) -> list[Path]:
    """The workspace, moved into place once it is whole."""
    from tempfile import TemporaryDirectory

    from dispatch import pipeline

    folder.parent.mkdir(parents=True, exist_ok=True)
    first = (datetime.now().astimezone() + AHEAD).date()
    with TemporaryDirectory(prefix=".new-", dir=folder.parent) as room:
        made = pipeline.templates(Path(room) / folder.name, voice.language, first)
        if folder.exists():
            folder.rmdir()
        (Path(room) / folder.name).rename(folder)
    return [folder / path.relative_to(Path(room) / folder.name) for path in made]
