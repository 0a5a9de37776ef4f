"""Files that only their owner may read, written whole or not at all, and what a killed program left of such."""

from __future__ import annotations

import os
from pathlib import Path

_DRAFT = ".dispatch-draft"


def write_private(path: Path, content: bytes) -> None:
    """Put content, its owner's alone, in the place of what is there; raises ``OSError`` and then has done nothing."""
    draft = draft_of(path)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def draft_of(path: Path) -> Path:
    """A hidden place beside a file, of this process alone, on the same disk."""
    return path.with_name(f".{path.name}.{os.getpid()}{_DRAFT}")


def drafts(folder: Path) -> list[Path]:
    """What programs that were killed left in a folder."""
    return sorted(folder.glob(f".*{_DRAFT}"))
