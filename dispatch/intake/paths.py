"""Which files an input is: one, several, a folder of them or a pattern."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from dispatch.config import Settings
from dispatch.system_text import readable

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".csv"})
# What lies beside lists and is none. A spreadsheet that is open keeps a file beside it called ~$NAME, and a folder
# that was opened on Windows may keep two.
_HIDDEN = (".", "~$")
_KEPT_BESIDE = (".ledger.jsonl", "thumbs.db", "desktop.ini")


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


def passed_over(settings: Settings) -> tuple[Path, ...]:
    """What lies in a folder of the roster, or fits a pattern of it, and is not read: no such file, or a folder."""
    folder = settings.path.resolve().parent
    held = (file for path in settings.inputs.workers for file in _held(folder / path) or ())
    return tuple(dict.fromkeys(file for file in held if not _is_roster(file)))


def labels(paths: Sequence[Path]) -> list[str]:
    """What findings call each file: its name, with as many of its folders as tell it from the others."""
    parts = [[readable(part) for part in path.parts] for path in paths]
    depths = [1] * len(parts)
    while True:
        said = ["/".join(own[-depth:]) for own, depth in zip(parts, depths, strict=True)]
        times = Counter(said)
        deeper = [times[label] > 1 and depth < len(own) for label, own, depth in zip(said, parts, depths, strict=True)]
        if not any(deeper):
            return list(_numbered(said))
        depths = [depth + more for depth, more in zip(depths, deeper, strict=True)]


def roster_folder(settings: Settings) -> Path | None:
    """The first folder among the roster's paths, into which another file may be put."""
    folder = settings.path.resolve().parent
    return next((folder / path for path in settings.inputs.workers if (folder / path).is_dir()), None)


def _numbered(said: Sequence[str]) -> Iterator[str]:
    # Two names that differ in their bytes may be read as the same text.
    times: Counter[str] = Counter()
    for label in said:
        times[label] += 1
        yield label if times[label] == 1 else f"{label} ({times[label]})"


def _files(path: Path) -> list[Path]:
    held = _held(path)
    return [path] if held is None else [file for file in held if _is_roster(file)]


def _held(path: Path) -> list[Path] | None:
    """What a folder holds or a pattern means, by name, without what is hidden; None for a path of one file."""
    if path.is_dir():
        found = path.iterdir()
    elif any(sign in path.name for sign in "*?[") and not path.exists():
        found = path.parent.glob(path.name)
    else:
        return None
    return sorted(f for f in found if not f.name.startswith(_HIDDEN) and not f.name.lower().endswith(_KEPT_BESIDE))


def _is_roster(file: Path) -> bool:
    # A link that leads nowhere is a list that is missing, which whoever opens it says.
    return file.suffix.lower() in SUFFIXES and not file.is_dir()
