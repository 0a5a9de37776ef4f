"""The record of exports that showed ID numbers in full: who, when, why, which files; nothing about the people."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dispatch.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Access:
    """Who asked for unmasked files, when (an aware instant) and why."""

    who: str
    when: datetime
    why: str

    @classmethod
    def now(cls, why: str) -> Access:
        """The user of this process at this moment; ``unknown`` where the system names nobody."""
        try:
            who = getpass.getuser()
        except (KeyError, OSError):
            who = "unknown"
        return cls(who, datetime.now(UTC), why)


def log_access(log: Path, access: Access, plan: Plan, files: Sequence[str]) -> None:
    """Append one line of JSON to ``log``, created for its owner only; raises ``OSError``."""
    line = {
        "when": access.when.isoformat(timespec="seconds"),
        "who": access.who,
        "why": access.why,
        "plan": plan.name,
        "revision": plan.revision,
        "files": list(files),
    }
    log.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
