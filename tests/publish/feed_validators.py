"""Two validators of GTFS feeds, written independently of each other, asked for what they call an error."""

import json
from datetime import date
from pathlib import Path

import gtfs_guru
from gtfs_validator.cli import main as gtfs_validator


def errors_of_guru(feed: Path, day: date) -> list[str]:
    """What gtfs-guru finds wrong on a day; it raises for a feed it cannot open."""
    found = gtfs_guru.validate(str(feed), country_code="CN", date=day.isoformat())
    return [f"{n.code} {n.file} {n.row} {n.message}" for n in found.errors()]


def errors_of_validator(feed: Path, day: date, folder: Path) -> list[str]:
    """What gtfs-validator finds wrong on a day, its own failures among them; ``folder`` gets its report."""
    code = gtfs_validator(["-i", str(feed), "-o", str(folder), "-c", "CN", "-d", day.isoformat()])
    report, failures = (json.loads((folder / f"{n}.json").read_text("utf-8")) for n in ("report", "system_errors"))
    found = [n for n in report["notices"] if n["severity"] == "ERROR"] + failures["notices"]
    return [f"{n['code']} {n['sampleNotices'][:3]}" for n in found] + [f"exit code {code}"] * bool(code)
