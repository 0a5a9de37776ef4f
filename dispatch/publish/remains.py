"""What earlier publications left in ``out/NAME``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dispatch.config import Settings
from dispatch.model.notice import Notice, Severity

# Folders of files that hold counts only and are under no password.
_COUNTS = ("arrival", "packs")


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
