"""What partner cities get: who arrives where and when, in counts, as a page, a table and a calendar."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dispatch.config import Settings
from dispatch.publish.arrivals.calendar import revocable, write_ics
from dispatch.publish.arrivals.earlier import Announced, announced, keep_announced
from dispatch.publish.arrivals.page import write_index, write_page
from dispatch.publish.arrivals.schedule import receptions
from dispatch.publish.arrivals.tables import write_csv, write_xlsx
from dispatch.publish.filenames import distinct_names
from dispatch.publish.view import City, View


def write_arrivals(view: View, folder: Path, settings: Settings) -> list[Path]:
    """Write ``CITY/index.html``, ``arrivals.csv``, ``.xlsx``, ``.ics`` per receiving city and ``index.html`` over all.

    Only the formats of ``publish.formats``. Calendars go on from those in ``out/NAME/arrivals``; a city that receives
    nobody any more gets one that cancels what was announced; without ``ics`` they wait in ``.announced``. Returns the
    files in order; raises ``OSError`` when writing fails.
    """
    earlier, calendars = settings.out / "arrivals", "ics" in settings.publish.formats
    before = announced(earlier, view.plan.name) if calendars else {}
    here = {city.name for city in view.cities}
    left = sorted(name for name, events in before.items() if name not in here and revocable(view, events))
    names = distinct_names({name: name for name in (*(city.name for city in view.cities), *left)})
    files = [] if calendars else keep_announced(earlier, view.plan.name, folder)
    for city in view.cities:
        files += _write_city(view, city, before.get(city.name, {}), folder / names[city.name])
    for name in left:
        files.append(_called_off(view, name, before[name], folder / names[name]))
    if "html" in settings.publish.formats:
        files.append(write_index(view, names, folder / "index.html"))
    return files


def _called_off(view: View, city: str, before: Mapping[str, Announced], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return write_ics(view, city, (), before, folder / "arrivals.ics")


def _write_city(view: View, city: City, before: Mapping[str, Announced], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    schedule, formats = receptions(view, city), view.settings.publish.formats
    files = []
    if "html" in formats:
        files.append(write_page(view, city, schedule, folder / "index.html", formats))
    if "csv" in formats:
        files.append(write_csv(view, city, folder / "arrivals.csv"))
    if "xlsx" in formats:
        files.append(write_xlsx(view, city, folder / "arrivals.xlsx"))
    if "ics" in formats:
        files.append(write_ics(view, city.name, schedule, before, folder / "arrivals.ics"))
    return files
