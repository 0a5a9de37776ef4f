"""Putting finished files where the old ones were, all of them or none."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory


def exchange(staged: Mapping[Path, Path], *, beside: Path) -> None:
    """Move each staged file or folder to its target, replacing what is there; any interruption restores the old state.

    ``beside`` is a folder on the targets' file system that keeps the old ones until all is done. Raises ``OSError``.
    """
    done: list[tuple[Path, Path | None]] = []
    with TemporaryDirectory(prefix=".replaced-", dir=beside) as room:
        try:
            for number, (target, source) in enumerate(staged.items()):
                target.parent.mkdir(parents=True, exist_ok=True)
                old = Path(room) / str(number) if target.exists() else None
                done.append((target, old))
                if old:
                    target.rename(old)
                source.rename(target)
        except BaseException:
            for target, old in reversed(done):
                _restore(target, old)
            raise


def _restore(target: Path, old: Path | None) -> None:
    if old and not old.exists():
        return
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    if old:
        old.rename(target)
