"""How long reading and checking a roster takes, beside pandas with openpyxl doing the same least of checks.

    python bench/intake.py [--rows 27000] [--forms xlsx,csv] [--write]

Each reading is a process of its own, so that its peak memory is its own. Seconds are CPU of reading and checking, user
and system, those of the process that opens workbooks included with its own start; the start of the reading process and
its loading of packages and of the gazetteer are left out on both sides. The peak is that of the resident memory of both
processes at one time, pages that they share counted twice; it is looked up in ``/proc`` a hundred times a second, which
only Linux has. The other side reads with
``pandas.read_excel`` (openpyxl) or ``read_csv`` as text and checks what can be checked a column at a time: shape, check
digit and date of birth of the ID number, twice the same, a known employer, a date, a telephone.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from results_page import ROOT, called, machine, put, table

HEADINGS = ["worker_id", "name", "id_number", "phone", "home", "employer", "ready_from", "report_by", "party", "needs"]
HEADINGS += ["sex", "funding"]
PLACES = ["山西省运城市平陆县圣人涧镇", "山西省临汾市洪洞县大槐树镇", "甘肃省定西市临洮县洮阳镇", "贵州省遵义市播州区"]
AIMS = {("xlsx", 27_000): "1 s, 250 MB", ("csv", 1_000_000): "12 s, 1,500 MB", ("xlsx", 1_000_000): "40 s"}
_LOOK_S = 0.01
CONFIG = """\
name: intake
inputs:
  workers: workers.{form}
  employers: employers.csv
  stops: stops.csv
  offers: offers.csv
horizon: {{from: 2026-02-25, to: 2026-03-01}}
"""


def people(count: int) -> Iterator[list[str]]:
    """Rows of people who are nobody: sequence digits 000, a name of their own each."""
    from dispatch.intake.identity import with_check_digit  # noqa: PLC0415

    first = date(1962, 1, 1)
    numbers = {}
    for n in range(count):
        day = n % 16_000
        if day not in numbers:
            numbers[day] = with_check_digit(f"140829{first + timedelta(days=day):%Y%m%d}000")
        yield [
            f"W{n}", f"示例{n}", numbers[day], f"154{n:08d}", f"{PLACES[n % 4]}第{n % 500}村", f"示例企业{n % 300}",
            f"2026-02-{25 + n % 3}", "2026.2.28", f"P{n // 2}" if n % 5 < 2 else "", "", "女", "脱贫户",
        ]  # fmt: skip


def make(folder: Path, form: str, count: int) -> Path:
    """A workspace with a roster of so many rows; its config."""
    rows = {
        "employers": [["name", "lat", "lon"], *([f"示例企业{n}", "31.3", "120.6"] for n in range(300))],
        "stops": [["stop_id", "name", "kind", "lat", "lon"], ["S1", "集合点", "集合点", "34.8", "111.2"]],
        "offers": [["offer_id", "mode", "basis", "seats", "available", "base_stop", "km_cost"],
                   ["C1", "大巴", "包车", "45", "9", "S1", "6"]],
    }  # fmt: skip
    for name, cells in rows.items():
        _write_csv(folder / f"{name}.csv", iter(cells))
    roster = folder / f"workers.{form}"
    if form == "csv":
        _write_csv(roster, (row for part in ([HEADINGS], people(count)) for row in part))
    else:
        from xlsxwriter import Workbook  # noqa: PLC0415

        with Workbook(roster, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            for i, row in enumerate([HEADINGS, *people(count)] if count < 100_000 else _with_headings(count)):
                for j, cell in enumerate(row):
                    if cell:
                        sheet.write_string(i, j, cell)
    config = folder / "intake.yaml"
    config.write_text(CONFIG.format(form=form), "utf-8")
    return config


def _with_headings(count: int) -> Iterator[list[str]]:
    yield HEADINGS
    yield from people(count)


def _write_csv(path: Path, rows: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def cpu_s() -> float:
    """CPU seconds of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


def read_here(config: Path) -> tuple[float, int]:
    """CPU seconds of this project, and the people accepted."""
    from dispatch.config import load_settings  # noqa: PLC0415
    from dispatch.geo.datum import to_wgs84  # noqa: PLC0415
    from dispatch.geo.gazetteer import Gazetteer  # noqa: PLC0415
    from dispatch.intake.read import read_inputs  # noqa: PLC0415

    settings, places = load_settings(config), Gazetteer()
    places.resolve(PLACES[0])
    began = cpu_s()
    inputs, _ = read_inputs(settings, places.resolve_all, partial(to_wgs84, settings.datum), places.suggest)
    return cpu_s() - began, len(inputs.workers)


def read_there(config: Path) -> tuple[float, int]:
    """CPU seconds of pandas with openpyxl, and the people that pass."""
    import numpy as np  # noqa: PLC0415
    import openpyxl  # noqa: F401, PLC0415
    import pandas as pd  # noqa: PLC0415

    (roster,) = config.parent.glob("workers.*")
    employers = set(pd.read_csv(config.parent / "employers.csv")["name"])
    began = cpu_s()
    read = partial(pd.read_excel, engine="openpyxl") if roster.suffix == ".xlsx" else pd.read_csv
    frame = read(roster, dtype=str, keep_default_na=False)
    numbers = frame["id_number"]
    shaped = numbers.str.fullmatch(r"\d{17}[\dX]")
    digits = np.array([[int(c) for c in n[:17]] for n in numbers.where(shaped, "0" * 18)])
    weights = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
    check = np.array(list("10X98765432"))[(digits @ weights) % 11] == numbers.str[17].to_numpy(str)
    born = pd.to_datetime(numbers.str[6:14], format="%Y%m%d", errors="coerce").notna()
    due = pd.to_datetime(frame["report_by"].str.replace(".", "-"), errors="coerce").notna()
    phone = frame["phone"].str.fullmatch(r"1[3-9]\d{9}")
    twice = frame.duplicated(["id_number", "name"])
    good = shaped & check & born & due & phone & ~twice & frame["employer"].isin(employers) & (frame["name"] != "")
    return cpu_s() - began, int(good.sum())


def measured(side: str, config: Path) -> dict[str, float]:
    """One reading in a process of its own."""
    order = [sys.executable, __file__, "--side", side, "--config", str(config)]
    with subprocess.Popen(order, stdout=subprocess.PIPE, text=True) as process:
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, resident_mb(process.pid))
            time.sleep(_LOOK_S)
        assert process.stdout is not None
        result: dict[str, float] = json.loads(process.stdout.read())
    return result | {"mb": max(peak, result["mb"])}


def resident_mb(pid: int) -> float:
    """Resident memory of a process and of those that it started; one that has just ended has none."""
    pages = 0
    with suppress(OSError):
        for one in [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split())]:
            pages += int(Path(f"/proc/{one}/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=27_000)
    parser.add_argument("--forms", default="xlsx,csv")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--side", choices=("here", "there"), help=argparse.SUPPRESS)
    parser.add_argument("--config", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if args.side:
        seconds, accepted = {"here": read_here, "there": read_there}[args.side](args.config)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"s": seconds, "mb": peak, "accepted": accepted}))
        return
    rows = []
    for form in args.forms.split(","):
        with tempfile.TemporaryDirectory() as folder:
            config = make(Path(folder), form, args.rows)
            here, there = (measured(side, config) for side in ("here", "there"))
        told = (f"{r['s']:.2f}, {r['mb']:,.0f}, {r['accepted']:,.0f}".split(", ") for r in (here, there))
        rows.append([f"{args.rows:,} .{form}", *(c for t in told for c in t), AIMS.get((form, args.rows), "")])
    heads = ["rows", "CPU s", "peak MB", "accepted", "pandas: CPU s", "peak MB", "accepted", "aim"]
    text = f"`{called()}`, on {machine('pandas', 'openpyxl', 'python-calamine', 'numpy')}.\n\n{table(heads, rows)}"
    print(text)
    if args.write:
        put(f"intake of {args.rows:,} rows", text)


if __name__ == "__main__":
    main()
