"""What a person at the console sees: progress and notices on stderr, the closing table on stdout."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from dispatch.cli.verb import inert
from dispatch.model.notice import Notice, Severity
from dispatch.model.units import yuan_text

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from dispatch.cli.verb import Voice
    from dispatch.solve import Progress as Search

SHOWN = 40
LOG_EVERY_S = 10.0
FILE_WIDTH = 140  # of tables that go into a file or a pipe
COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


def peak_mb() -> float | None:
    """Peak resident memory of this process so far in MB; None where the system does not tell."""
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def _shown(words: str) -> str:
    """Words for the console: markup is no markup, and nothing quoted from a file can move the cursor."""
    return escape(inert(words))


def _console(*, quiet: bool, stderr: bool) -> Console:
    console = Console(quiet=quiet, stderr=stderr, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = FILE_WIDTH
    return console


class Screen:
    """Watches the pipeline; ``stages`` keeps wall seconds and peak memory of every stage that ended."""

    _progress: tuple[Progress, TaskID]

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        quiet = voice.json or voice.loudness < 0
        self._out = _console(quiet=quiet, stderr=False)
        self._err = _console(quiet=voice.loudness < 0, stderr=True)
        self.stages: dict[str, dict[str, float | None]] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage of the pipeline and show that it runs."""
        label, started = self._voice.say(f"stage.{name}"), perf_counter()
        columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
        with Progress(*columns, console=self._err, transient=True, disable=not self._err.is_terminal) as progress:
            self._progress = progress, progress.add_task(label)
            self._quiet_until, self._stage = 0.0, ""
            yield
        seconds = round(perf_counter() - started, 3)
        self.stages[name] = {"wall_s": seconds, "peak_mb": peak_mb()}
        self._err.print(f"[green]✓[/] {label}  {seconds:.1f} s")

    def search(self, progress: Search) -> None:
        """Show how far the search has come: cost, bound and gap."""
        cost, bound = progress.cost_fen, progress.bound_fen
        if cost < 0:
            self._note("preparing")
            self._quiet_until = 0.0
            return
        if progress.stage != self._stage:
            self._stage, self._quiet_until = progress.stage, 0.0
        known = cost > 0 and bound > 0
        self._note(
            "searching",
            stage=self._voice.say(f"progress.{progress.stage}"),
            elapsed=f"{progress.elapsed_s:.0f}",
            cost=yuan_text(cost) if cost >= 0 else "–",
            bound=yuan_text(bound) if bound >= 0 else "–",
            gap=f"{(cost - bound) / cost:.1%}" if known else "–",
        )

    def publishing(self, part: str, done: int, of: int) -> None:
        """Show which publication is being written."""
        self._note("publishing", part=part, done=done, of=of)

    def _note(self, key: str, **values: object) -> None:
        words = _shown(self._voice.say(key, **values))
        if self._err.is_terminal:
            bar, task = self._progress
            bar.update(task, description=words)
        elif perf_counter() > self._quiet_until:  # a log gets a line now and then
            self._err.print(words, soft_wrap=True)
            self._quiet_until = perf_counter() + LOG_EVERY_S

    def findings(self, notices: Sequence[Notice], words: Sequence[tuple[str, str]], file: str) -> None:
        """A table of the first 40 notices (all under ``-v``); ``words`` are what and remedy, ``file`` all of it."""
        shown = notices if self._voice.loudness > 0 else notices[:SHOWN]
        counts = {f"{s}s": sum(n.severity is s for n in notices) for s in Severity}
        columns = ("severity", "file", "row", "column", "value", "what", "remedy")
        table = self._table(
            self._voice.say("notices.title", **counts), [self._voice.say(f"notices.{c}") for c in columns]
        )
        for notice, (what, remedy) in zip(shown, words, strict=False):
            cells = notice.file, str(notice.row or ""), notice.column, notice.value, what, remedy
            severity = f"[{COLOURS[notice.severity]}]{self._voice.say(f'severity.{notice.severity}')}[/]"
            table.add_row(severity, *map(_shown, cells))
        self._err.print(table)
        if len(notices) > len(shown):
            self._err.print(self._voice.say("notices.more", n=len(notices) - len(shown), file=file), soft_wrap=True)

    def violations(self, rows: Sequence[tuple[str, str]]) -> None:
        """A table of what the audit found: rule and wording, the first 40."""
        title = self._voice.say("violations.title", n=len(rows))
        table = self._table(title, [self._voice.say("violations.rule"), self._voice.say("violations.what")])
        for row in rows[:SHOWN]:
            table.add_row(*map(_shown, row))
        self._err.print(table)

    def table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table on stdout."""
        table = self._table(title, headings)
        for row in rows:
            table.add_row(*map(_shown, row))
        self._out.print(table)

    def say(self, words: str) -> None:
        """A line on stdout."""
        self._out.print(_shown(words), soft_wrap=True)

    @staticmethod
    def _table(title: str, headings: Sequence[str]) -> Table:
        table = Table(title=escape(title), title_justify="left", show_header=any(headings))
        for heading in headings:
            table.add_column(heading, overflow="fold")
        return table
