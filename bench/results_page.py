"""Where the measured tables stand: ``RESULTS.md``, each between markers of its own."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "RESULTS.md"
SHARED = Path(os.environ.get("DISPATCH_BENCH_DATA", ROOT.parent / "shared" / "bench"))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, all but the first column to the right."""
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def called() -> str:
    """The command as somebody would type it, files by name only: folders are one machine's."""
    words = (Path(word).name if "/" in word else word for word in sys.argv[1:])
    return " ".join([f"python bench/{Path(sys.argv[0]).name}", *words])


def machine(*packages: str) -> str:
    """What figures of time depend on."""
    versions = (f"{name} {version(name)}" for name in packages)
    system = f"{platform.system()} {platform.machine()}"
    return ", ".join([f"{os.cpu_count()} cores", system, f"Python {platform.python_version()}", *versions])


def put(section: str, text: str, page: Path = RESULTS) -> None:
    """Replace what stands between a section's markers on a page, or add both at the end."""
    begin, end = f"<!-- {section}: begin -->", f"<!-- {section}: end -->"
    content = page.read_text("utf-8")
    if begin not in content:
        content += f"\n## {section.capitalize()}\n\n{begin}\n{end}\n"
    before, rest = content.split(begin)
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.split(end)[1]}", "utf-8")
