"""The record of unmasked exports and purges: who, when, why, which files; nothing about the people.

Each line carries the SHA-256 of the one before, and, where the config names a key, an HMAC. The number of lines and the
digest of the last are kept apart (``Head``), so that a tail that was cut off is seen too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dispatch.model.plan import Plan
from dispatch.regular_file import read_regular
from dispatch.system_text import readable

if sys.platform != "win32":
    import pwd

_MOST_BYTES = 2**30
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """How many lines the log has and the digest of the last; none at first."""

    lines: int = 0
    digest: str = ""


# Runs a step inside a transaction and keeps what it gives: ``head(step)`` calls ``step`` with what was kept before.
Head = Callable[[Callable[[Kept], Kept]], None]


@dataclass(frozen=True, slots=True)
class Access:
    """Who asked, when (an aware instant) and why."""

    who: str
    when: datetime
    why: str

    @classmethod
    def now(cls, why: str) -> Access:
        """The user of this process at this moment."""
        return cls(_account(), datetime.now(UTC), why)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The log of an operation: its file, where its head is kept (the file's own end where nowhere), the key if any."""

    path: Path
    head: Head | None = None
    key: bytes = b""

    def export(self, access: Access, plan: Plan, files: Sequence[str]) -> None:
        """Note an export with full ID numbers; raises ``OSError``."""
        self.note("export", access, {"plan": plan.name, "revision": plan.revision, "files": list(files)})

    def note(self, what: str, access: Access, details: Line) -> None:
        """Append one line of JSON to the file, created for its owner only; raises ``OSError``."""
        self.path.parent.mkdir(parents=True, exist_ok=True)

        def step(kept: Kept) -> Kept:
            before = self._last(kept)
            when, why = access.when.isoformat(timespec="seconds"), readable(access.why)
            line = {"line": before.lines + 1, "what": what, "when": when, "who": access.who, "why": why}
            said = _sealed(line | details | {"previous": before.digest}, self.key)
            _append(self.path, said)
            return Kept(before.lines + 1, _digest(said))

        if self.head is None:
            step(self._end())
        else:
            self.head(step)

    def _last(self, kept: Kept) -> Kept:
        """What the next line follows: what was kept, so that a changed end shows for ever; or a line more, where the
        program ended between writing it and keeping it.
        """
        end = self._end()
        lines = self.lines()
        if end.lines == kept.lines + 1 and _read(lines[-1]).get("previous") == kept.digest:
            return end
        return kept

    def _end(self) -> Kept:
        lines = self.lines()
        return Kept(len(lines), _digest(lines[-1])) if lines else Kept()

    def lines(self) -> list[bytes]:
        """The lines as they stand in the file, without their ends."""
        return read_regular(self.path, _MOST_BYTES).splitlines() if self.path.exists() else []

    def entries(self) -> list[Line]:
        """The lines as they can be read; an empty one for each that cannot."""
        return [_read(line) for line in self.lines()]

    def fault(self, kept: Kept | None = None) -> tuple[int, str] | None:
        """The first line that is not as it was written, and what is wrong: ``broken``, ``number``, ``seal``, ``chain``
        (changed after the next line was written), ``missing`` or ``extra``; None where all is in order.
        """
        digest = ""
        lines = self.lines()
        for number, said in enumerate(lines, 1):
            line = _read(said)
            if not line:
                return number, "broken"
            if line.get("line") != number:
                return number, "number"
            if line.get("previous") != digest:
                return max(1, number - 1), "chain"
            if self.key and _sealed({k: v for k, v in line.items() if k != "seal"}, self.key) != said:
                return number, "seal"
            digest = _digest(said)
        if kept is None or kept == Kept(len(lines), digest):
            return None
        if len(lines) < kept.lines:
            return len(lines) + 1, "missing"
        return (kept.lines + 1, "extra") if len(lines) > kept.lines else (len(lines), "chain")


def _account() -> str:
    """Whose process this is by the system's word, which no variable of the environment changes; its number on POSIX
    where nobody is named, else ``unknown``.
    """
    if sys.platform == "win32":
        try:
            return os.getlogin()
        except OSError:
            return "unknown"
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def _sealed(line: Line, key: bytes) -> bytes:
    """The line as it is written, with its HMAC at the end where there is a key."""
    said = json.dumps(line, ensure_ascii=False).encode()
    if not key:
        return said
    return json.dumps(line | {"seal": hmac.new(key, said, hashlib.sha256).hexdigest()}, ensure_ascii=False).encode()


def _read(said: bytes) -> Line:
    try:
        line = json.loads(said)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _digest(said: bytes) -> str:
    return hashlib.sha256(said).hexdigest()


def _append(path: Path, said: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
        file.write(said + b"\n")
        file.flush()
        os.fsync(file.fileno())
