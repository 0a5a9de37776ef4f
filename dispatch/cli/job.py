"""One call of a verb, step by step: run the pipeline, show what came of it, refuse where the contract says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dispatch import pipeline
from dispatch.cli.closing import closing_rows, plan_facts
from dispatch.cli.listing import ASKING, write_headings, write_notices, write_rejected
from dispatch.cli.verb import Voice
from dispatch.errors import (
    AuditFailedError,
    ConfigError,
    DispatchError,
    InputRejectedError,
    NobodyServedError,
    SearchInterruptedError,
    StorageError,
)
from dispatch.model.demand import Inputs
from dispatch.model.notice import Notice, Severity
from dispatch.model.plan import Plan
from dispatch.model.problem import Problem

# What the codes of files that could not be read begin with.
UNREADABLE = ("file_", "no_roster_files", "boundary_missing", "boundary_unreadable")


class Job:
    """A verb's work on one operation; a refusal still tells, by the facts, what was found."""

    inputs: Inputs
    problem: Problem
    made: Plan

    def __init__(self, voice: Voice, config: Path) -> None:
        self.voice = voice
        self.settings = voice.settings(config)
        self.screen = voice.screen()
        self.facts = voice.facts
        self.facts |= {"name": self.settings.name, "config": str(config), "stages": self.screen.stages, "files": {}}

    def check(self, skip_rejected: bool) -> None:
        """Read, validate, build the instance; write the findings; raise when they forbid to go on."""
        notices = self._read()
        if _acceptable(notices, skip_rejected):
            self.problem, more = pipeline.build(self.settings, self.inputs, self.screen)
            notices = (*notices, *more)
        self._list(notices)
        if not _acceptable(notices, skip_rejected):
            raise self._refusal(notices)

    def _read(self) -> tuple[Notice, ...]:
        self.inputs, notices = pipeline.read(self.settings, self.screen)
        counts = {"accepted": len(self.inputs.workers), "rejected": self.inputs.rejected}
        self.facts |= {"rostered": self.inputs.rostered, **counts}
        if self.inputs.registered is not None:
            self.facts["registered"] = self.inputs.registered
        return notices

    def _list(self, notices: Sequence[Notice]) -> None:
        pipeline.keep_private(self.settings)
        listed, rejected = self.settings.out / "notices.csv", self.settings.out / "rejected.csv"
        notices = sorted(notices, key=lambda n: list(Severity).index(n.severity))
        words = [pipeline.describe_notice(n, self.voice.language) for n in notices]
        write_notices(listed, notices, words)
        write_rejected(rejected, self.inputs.rejected_rows, notices, words, self.voice.say("between_faults"))
        self._ask_headings(notices)
        self.facts["notices"] = _worded(notices, words)
        if marked := pipeline.mark_roster(self.settings, self.inputs, notices):
            self.facts["files"]["roster"] = str(marked[0] if len(marked) == 1 else marked[0].parent)
        if self.inputs.rejected:
            self.facts["files"]["rejected"] = str(rejected)
        if notices:
            self.facts["files"]["notices"] = str(listed)
            self.screen.findings(notices, words, str(listed))

    def _ask_headings(self, notices: Sequence[Notice]) -> None:
        """The table in which the user answers what unclear headings mean, where there are any."""
        target = self.settings.out / "headings.csv"
        unclear = [n for n in notices if n.code in ASKING]
        if unclear:
            write_headings(target, unclear)
            self.facts["files"]["headings"] = str(target)
        else:
            target.unlink(missing_ok=True)

    def _refusal(self, notices: Sequence[Notice]) -> DispatchError:
        file = self.settings.out / "notices.csv"
        if any(n.code.startswith(UNREADABLE) for n in notices):
            return StorageError(self.voice.say("unreadable", file=file))
        errors = sum(n.severity is Severity.ERROR for n in notices)
        return InputRejectedError(self.voice.say("rejected", errors=errors, file=file), notices)

    def require_passwords(self) -> None:
        """Raise for a bad file of passwords, which must not cost a search."""
        pipeline.require_passwords(self.settings, self.inputs)

    def plan(self, warm: bool) -> None:
        """Solve, write the bundle, store the revision; raise when the search was told to end before its time."""
        made_at = datetime.now(ZoneInfo(self.settings.timezone)).replace(microsecond=0)
        self._have(pipeline.plan(self.settings, self.inputs, self.problem, made_at, self.screen, warm))
        if self.facts["interrupted"]:
            self.close()
            file = pipeline.bundle(self.settings)
            raise SearchInterruptedError(self.voice.say("interrupted.kept", revision=self.made.revision, file=file))

    def load(self) -> None:
        """Take the inputs and the plan made from them before; rows rejected then are no reason to refuse now."""
        folder = pipeline.bundle(self.settings)
        if not folder.is_dir():
            raise StorageError(self.voice.say("no_bundle", folder=folder))
        notices = self._read()
        if not _acceptable(notices, skip_rejected=True):
            self._list(notices)
            raise self._refusal(notices)
        self._have(pipeline.stored(self.settings))

    def _have(self, plan: Plan) -> None:
        self.made = plan
        self.facts |= plan_facts(plan)
        self.facts["files"]["plan"] = str(pipeline.bundle(self.settings))

    def audit(self) -> None:
        """Hold the bundle to every rule; raise when it breaks one."""
        violations = pipeline.audit(self.settings, self.inputs, self.screen)
        rows = [(v.rule, pipeline.describe_violation(v, self.voice.language)) for v in violations]
        self.facts["violations"] = [{"rule": rule, "what": what} for rule, what in rows]
        if rows:
            self.screen.violations(rows)
            self.close()
            raise AuditFailedError(self.voice.say("faulted", n=len(rows)))

    def require_served(self, everybody: bool) -> None:
        """Raise when nobody is served, or when anybody is not and ``everybody`` was asked for."""
        served, unserved = self.facts["served"], self.facts["unserved"]
        if served and not (everybody and unserved):
            return
        self.close()
        file = pipeline.bundle(self.settings) / "unserved.csv"
        raise NobodyServedError(self.voice.say("not_all" if served else "nobody", n=unserved, file=file))

    def allow(self, unmask: bool, reason: str) -> None:
        """Raise when ID numbers are to be shown and nobody says why."""
        if unmask and not reason.strip():
            raise ConfigError(self.voice.say("unmask_reason"))

    def publish(self, only: frozenset[str] | None, unmask: bool, reason: str, trips: Sequence[str] = ()) -> None:
        """Write the publications, and a map of each of ``trips``; tell what was left out."""
        files, notices = pipeline.publish(
            self.settings, self.inputs, self.made, only, unmask, reason, self.screen, trips
        )
        if notices:
            self._tell(notices, self.facts["files"].get("notices", ""))
        self.facts["published"] = len(files)
        self.facts["files"] |= {"out": str(self.settings.out), "maps": str(self.settings.maps)}

    def _tell(self, notices: Sequence[Notice], file: str) -> None:
        """Show findings that are in no file, and add them to the facts."""
        words = [pipeline.describe_notice(n, self.voice.language) for n in notices]
        self.facts["notices"] = [*self.facts.get("notices", ()), *_worded(notices, words)]
        self.screen.findings(notices, words, file)

    def close(self) -> None:
        """Print the closing table."""
        title = self.voice.say("closing.title", **self.facts)
        self.screen.table(title, ("", ""), list(closing_rows(self.voice)))


def _worded(notices: Sequence[Notice], words: Sequence[tuple[str, str]]) -> list[dict[str, object]]:
    return [asdict(n) | {"what": w, "remedy": r} for n, (w, r) in zip(notices, words, strict=True)]


def _acceptable(notices: Sequence[Notice], skip_rejected: bool) -> bool:
    """Whether the errors, if any, are of single rows that may be left out."""
    errors = [n for n in notices if n.severity is Severity.ERROR]
    return not errors or (skip_rejected and all(n.row for n in errors))
