"""Which files an input is: one, several, a folder of them or a pattern."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dispatch.config import Settings

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".csv"})


def input_paths(settings: Settings, name: str) -> tuple[Path, ...]:
    """The files of an input in the config's order, those of a folder or a pattern by name; none where not configured.

    Relative paths start at the config's folder. A file that is not there is kept, for whoever opens it to say so.
    """
    value = settings.inputs.model_dump(by_alias=True)[name]
    if value is None:
        return ()
    folder = settings.path.resolve().parent
    if isinstance(value, Path):
        return (folder / value,)
    return tuple(dict.fromkeys(file for path in value for file in _files(folder / path)))


def labels(paths: Sequence[Path]) -> list[str]:
    """What findings call each file: its name, with the folder's where two bear the same."""
    times = Counter(path.name for path in paths)
    return [path.name if times[path.name] == 1 else f"{path.parent.name}/{path.name}" for path in paths]


def roster_folder(settings: Settings) -> Path | None:
    """The first folder among the roster's paths, into which another file may be put."""
    folder = settings.path.resolve().parent
    return next((folder / path for path in settings.inputs.workers if (folder / path).is_dir()), None)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if _is_roster(file))
    if any(sign in path.name for sign in "*?[") and not path.exists():
        return sorted(file for file in path.parent.glob(path.name) if _is_roster(file))
    return [path]


def _is_roster(file: Path) -> bool:
    # A spreadsheet that is open keeps a file beside it called ~$NAME.
    return file.is_file() and file.suffix.lower() in SUFFIXES and not file.name.startswith((".", "~$"))
