"""What partner cities get: who arrives where and when, in counts, as a page, a table and a calendar."""

from __future__ import annotations

from pathlib import Path

from dispatch.config import Settings
from dispatch.publish.arrivals.calendar import write_ics
from dispatch.publish.arrivals.page import write_index, write_page
from dispatch.publish.arrivals.schedule import receptions
from dispatch.publish.arrivals.tables import write_csv, write_xlsx
from dispatch.publish.filenames import distinct_names
from dispatch.publish.view import City, View


def write_arrivals(view: View, folder: Path, settings: Settings) -> list[Path]:
    """Write ``CITY/index.html``, ``arrivals.csv``, ``.xlsx``, ``.ics`` per receiving city and ``index.html`` over all.

    Only the formats of ``publish.formats``; returns the files in order. Raises ``OSError`` when writing fails.
    """
    names = distinct_names({city.name: city.name for city in view.cities})
    files = [path for city in view.cities for path in _write_city(view, city, folder / names[city.name], settings)]
    if "html" in settings.publish.formats:
        files.append(write_index(view, names, folder / "index.html"))
    return files


def _write_city(view: View, city: City, folder: Path, settings: Settings) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    schedule, formats = receptions(view, city), settings.publish.formats
    files = []
    if "html" in formats:
        files.append(write_page(view, city, schedule, folder / "index.html", formats))
    if "csv" in formats:
        files.append(write_csv(view, city, folder / "arrivals.csv"))
    if "xlsx" in formats:
        files.append(write_xlsx(view, city, folder / "arrivals.xlsx"))
    if "ics" in formats:
        files.append(write_ics(view, city, schedule, folder / "arrivals.ics"))
    return files
