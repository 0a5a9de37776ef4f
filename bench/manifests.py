#!/usr/bin/env python3
"""Time and truth of printed lists: ``python bench/manifests.py [--coaches 600] [--write]``.

The vehicle lists of an operation of full coaches (``fleet.py``: nobody in it exists and nothing is solved) as .xlsx and
.pdf, timed from the plan in memory to the last file, twice into different folders, whose files must be equal byte for
byte; then all manifests of the operation, once. Of the first run every file is read again by programs that know nothing
of ours: names from the text that ``pdftotext`` finds, the QR code of each first page from a picture of 150 dpi
(``pdftoppm``, zxing-cpp), the cells by openpyxl, some workbooks by LibreOffice (``--office``, 0 for none). Exits with 1
where any of that fails. ``--write`` puts the table into ``RESULTS.md``; ``--pictures`` measures nothing and takes
``docs/images/manifest.png`` and ``manifest-en.png`` from the first page of one coach's list. Needs Poppler and
``pip install -e .[dev]``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from fleet import operation
from results_page import ROOT, called, machine, put, table

from dispatch.config import Settings
from dispatch.language import Language
from dispatch.publish.manifests import write_manifests
from dispatch.publish.manifests.printed import write_pdf
from dispatch.publish.manifests.vehicle import vehicle_sheet
from dispatch.publish.paper import require_legible
from dispatch.publish.passwords import Passwords
from dispatch.publish.view import View, build_view

DPI = 150
IMAGES = ROOT / "docs" / "images"
PICTURES: dict[Language, str] = {"zh": "manifest.png", "en": "manifest-en.png"}
PICTURED = 68  # the coach with the longest name aboard


def timed(view: View, folder: Path, settings: Settings, kinds: frozenset[str] | None) -> tuple[float, float]:
    """Wall and CPU seconds of one publication, the check of characters and all processes included."""
    folder.mkdir()
    begun, spent = time.perf_counter(), _cpu()
    require_legible(view)
    nobody = Passwords({})
    write_manifests(view, folder, settings, unmask=False, passwords=nobody, progress=lambda *_: None, kinds=kinds)
    return time.perf_counter() - begun, _cpu() - spent


def _cpu() -> float:
    """Of this process and the ones it waited for."""
    return sum(os.times()[:4])


def digests(folder: Path) -> dict[str, str]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in found}


def squeezed(text: str) -> str:
    """Without blanks: a name that wraps in its cell is the same name."""
    return "".join(text.split())


def printed(pdf: Path) -> str:
    return squeezed(_output(["pdftotext", "-raw", str(pdf), "-"]).decode("utf-8"))


def scanned(pdf: Path) -> list[str]:
    """What a scanner reads on the first page."""
    import zxingcpp  # noqa: PLC0415 - only this measurement needs them
    from PIL import Image  # noqa: PLC0415

    picture = _output(["pdftoppm", "-r", str(DPI), "-gray", "-f", "1", "-l", "1", str(pdf)])
    return [code.text for code in zxingcpp.read_barcodes(Image.open(BytesIO(picture)))]


def cells(workbook: Path) -> set[str]:
    import openpyxl  # noqa: PLC0415 - slow to load, and not needed to write

    page = openpyxl.load_workbook(workbook, read_only=True).active
    return {value for row in page.iter_rows(values_only=True) for value in row if isinstance(value, str)}


def opened_by_office(workbooks: list[Path]) -> int:
    """How many LibreOffice turns into pages, in one call."""
    if not workbooks:
        return 0
    with TemporaryDirectory() as room:
        profile = f"-env:UserInstallation={(Path(room) / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", room]
        _output([*command, *map(str, workbooks)])
        return len(list(Path(room).glob("*.pdf")))


def _output(command: list[str]) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


def side_by_side(ask: Callable[[Path], object], files: Iterable[Path]) -> list[object]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(ask, files))


def checks(view: View, folder: Path, office: int) -> list[tuple[str, int, int]]:
    """What was looked for in the first run's files: how many there were to find, how many were found."""
    names = {t.trip_id: [r.worker.name for r in view.rides(t.trip_id)] for t in view.plan.trips}
    pdfs = {trip: next((folder / "vehicle").glob(f"*_{trip}.pdf")) for trip in names}
    texts = dict(zip(pdfs, side_by_side(printed, pdfs.values()), strict=True))
    codes = dict(zip(pdfs, side_by_side(scanned, pdfs.values()), strict=True))
    books = {trip: path.with_suffix(".xlsx") for trip, path in pdfs.items()}
    people = sum(map(len, names.values()))
    in_pdf = sum(squeezed(name) in texts[trip] for trip, own in names.items() for name in own)
    in_book = sum(len([name for name in own if name in found]) for own, found in _read(names, books))
    sample = list(books.values())[:: max(1, len(books) // office)][:office] if office else []
    return [
        ("names in the text of the .pdf", people, in_pdf),
        (f"QR codes read at {DPI} dpi", len(codes), sum(found == [trip] for trip, found in codes.items())),
        ("names in the cells of the .xlsx", people, in_book),
        ("workbooks turned into pages by LibreOffice", len(sample), opened_by_office(sample)),
    ]


def _read(names: dict[str, list[str]], books: dict[str, Path]) -> Iterable[tuple[list[str], set[str]]]:
    return ((own, cells(books[trip])) for trip, own in names.items())


def size(folder: Path, suffix: str) -> str:
    files = list(folder.rglob(f"*{suffix}"))
    return f"{len(files):,} {suffix} of {sum(f.stat().st_size for f in files) / 1e3 / max(1, len(files)):.0f} kB"


def main() -> None:
    """Measure, check, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coaches", type=int, default=600)
    parser.add_argument("--office", type=int, default=20, help="workbooks to open with LibreOffice")
    parser.add_argument("--pictures", action="store_true", help="only take the pictures for docs/images")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    asked = parser.parse_args()
    if asked.pictures:
        for language, name in PICTURES.items():
            picture(language, IMAGES / name)
        return
    with TemporaryDirectory() as room:
        rows, found, equal = measured(Path(room), asked.coaches, asked.office)
    rows += [("byte for byte as before", "yes" if equal else "NO", "", "")]
    found_rows = [(what, f"{there:,}", f"{seen:,}") for what, there, seen in found]
    text = "\n\n".join(
        [
            f"`{called()}`, on {machine('typst', 'XlsxWriter', 'segno')}.",
            table(["written", "files", "wall s", "CPU s"], rows),
            table(["read again", "there", "found"], found_rows),
        ]
    )
    print(text)
    if asked.write:
        put("printed lists", text)
    if not equal or any(there != seen for _, there, seen in found):
        sys.exit(1)


def picture(language: Language, target: Path) -> None:
    """The first page of a coach with rare and long names on it."""
    with TemporaryDirectory() as room:
        plan, inputs, settings = operation(PICTURED + 1, Path(room), language)
        view = build_view(plan, inputs, settings)
        sheet = vehicle_sheet(view, plan.trips[PICTURED], unmask=False)
        pdf = Path(room) / "list.pdf"
        write_pdf(sheet, pdf, language=language, made_at=plan.made_at)
        taken = _output(["pdftoppm", "-r", "96", "-png", "-f", "1", "-l", "1", str(pdf)])
    target.write_bytes(taken)


def measured(room: Path, coaches: int, office: int) -> tuple[list[tuple[str, ...]], list[tuple[str, int, int]], bool]:
    plan, inputs, settings = operation(coaches, room)
    view = build_view(plan, inputs, settings)
    vehicle = frozenset({"vehicle"})
    rows = []
    for label, name, kinds in (
        (f"vehicle lists, {coaches:,} coaches, {len(inputs.workers):,} people", "once", vehicle),
        ("the same again", "again", vehicle),
        ("all manifests", "all", None),
    ):
        wall, cpu = timed(view, room / name, settings, kinds)
        rows.append((label, f"{size(room / name, '.xlsx')}, {size(room / name, '.pdf')}", f"{wall:.1f}", f"{cpu:.1f}"))
    equal = digests(room / "once") == digests(room / "again")
    return rows, checks(view, room / "once", office), equal


if __name__ == "__main__":
    main()
