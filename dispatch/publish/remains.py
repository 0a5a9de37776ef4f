"""What earlier publications left in ``out/NAME``."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from dispatch.config import Settings
from dispatch.model.notice import Notice, Severity

# Folders of files that hold counts only and are under no password.
_COUNTS = ("arrival", "packs")
_STAGED = ".publishing-"


def open_remains(settings: Settings, parts: Iterable[str]) -> tuple[Notice, ...]:
    """A note for each of ``parts``, which are not written now, whose files of an earlier time open without a password
    although the config names passwords; raises ``OSError``.
    """
    if settings.passwords is None:
        return ()
    left = {part: sum(map(_opens, _files(settings.out / part))) for part in sorted(parts)}
    return tuple(
        Notice("publish_left_open", Severity.NOTE, f"{part}/", value=str(many), params=(("part", part),))
        for part, many in left.items()
        if many
    )


def _files(folder: Path) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if path.relative_to(folder).parts[0] not in _COUNTS]


def _opens(path: Path) -> bool:
    """Whether a file opens without a password: a workbook is a plain archive, a document's trailer names no lock."""
    content = path.read_bytes()
    if path.suffix == ".pdf":
        return b"/Encrypt" not in content
    return path.suffix != ".xlsx" or content.startswith(b"PK")


@contextmanager
def staging(beside: Path) -> Iterator[Path]:
    """A folder to write in that nobody else reads, gone at the end; those of programs that were killed go first.

    The folder is locked while its program lives, so that two that publish at once leave each other's alone. Raises
    ``OSError``.
    """
    for room in beside.glob(f"{_STAGED}*"):
        if _is_own(room):
            with _held(room) as free:
                if free:
                    shutil.rmtree(room, ignore_errors=True)
    with TemporaryDirectory(prefix=_STAGED, dir=beside) as made, _held(Path(made)):
        yield Path(made)


def _is_own(room: Path) -> bool:
    own = sys.platform == "win32" or room.lstat().st_uid == os.getuid()
    return own and room.is_dir() and not room.is_symlink()


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Whether the folder could be locked: not where another program holds it or the file system has no locks."""
    if sys.platform == "win32":
        yield True  # there, files in use cannot be deleted
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield _locked(handle)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    import fcntl  # noqa: PLC0415 - not on every system

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
