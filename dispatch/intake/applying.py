"""What a merge would leave, and doing it: exactly what was shown, or nothing."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from dispatch.config import Settings
from dispatch.errors import StorageError
from dispatch.intake.ledger import Entry, Ledger, append, read_ledger, stamped
from dispatch.intake.merge import Merge
from dispatch.language import text
from dispatch.private_file import write_private
from dispatch.regular_file import read_regular


def staged(settings: Settings, merge: Merge) -> tuple[Settings, Ledger]:
    """The settings and the ledger of the roster as a merge would leave it, its lists read from where they are now."""
    sources = {edition.target: edition.source.resolve() for edition in merge.editions}
    files = tuple(sources.get(path, path) for path in merge.files)
    inputs = settings.inputs.model_copy(update={"workers": files or settings.inputs.workers})
    ledger = read_ledger(settings)
    after = replace(ledger, entries=(*ledger.entries, *_lines(merge, "")))
    return settings.model_copy(update={"inputs": inputs}), after


def apply(settings: Settings, merge: Merge, at: datetime) -> Path:
    """Put the lists in their places and write down who withdrew and who is back; the ledger's path.

    The ledger comes first: if the copying then fails, nobody who withdrew is brought back. Raises ``StorageError``,
    with nothing done, where a file holds something else than what was compared.
    """
    contents = _as_compared(settings, merge)
    path = append(settings, _lines(merge, stamped(at)))
    for edition in merge.editions:
        write_private(edition.target, contents[edition.source])
        if edition.old is not None and edition.old != edition.target:
            edition.old.unlink()
    return path


def _as_compared(settings: Settings, merge: Merge) -> dict[Path, bytes]:
    """The lists that came, once more; nobody may have saved one, or one of the roster's, while the question stood."""
    sources, contents = {edition.source for edition in merge.editions}, {}
    for path, digest in merge.digests.items():
        content = read_regular(path, settings.reading.max_file_mb * 2**20)
        if hashlib.sha256(content).hexdigest() != digest:
            raise changed(settings, path)
        if path in sources:
            contents[path] = content
    for edition in merge.editions:
        if edition.target not in merge.digests and os.path.lexists(edition.target):
            raise changed(settings, edition.target)  # put there meanwhile
    return contents


def changed(settings: Settings, path: Path) -> StorageError:
    """The error about a file that was saved again meanwhile."""
    return StorageError(text(settings.publish.language, "intake.merge.changed", file=path.name))


def _lines(merge: Merge, at: str) -> list[Entry]:
    """What a merge writes into the ledger. Who stays out under a mended number is known by that from now on."""
    lines = [Entry(at, "list", edition.file, sha256=merge.digests[edition.source]) for edition in merge.editions]
    unclear = {p.key for p in merge.ambiguous}
    mended = [p for p in merge.kept_out if p.own and p.key not in unclear]
    lines += [Entry(at, "withdrawn", p.file, p.own, p.worker_id, p.name) for p in mended]
    lines += [Entry(at, "readmitted", p.file, p.key, p.worker_id, p.name) for p in mended]
    lines += [Entry(at, "withdrawn", p.file, p.key, p.worker_id, p.name) for p in merge.withdrawn if p.key]
    lines += [Entry(at, "readmitted", p.file, p.key, p.worker_id, p.name) for p in merge.readmitted if p.key]
    return lines
