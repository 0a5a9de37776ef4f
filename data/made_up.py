"""What every made-up operation shares: people who can be nobody, quotes of coaches, tables as an office keeps them.

ID numbers carry the never issued sequence 000 and a right check digit, telephone numbers the unallocated range 154.
Standard library and XlsxWriter only; nothing here reads a clock, so the same seed writes the same bytes.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import xlsxwriter

Point = tuple[float, float]
Row = dict[str, object]

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗单仇曾解查朴区牛祁漆"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英鑫宇浩然子轩梓涵𬭎㛃"
NUMERALS = (
    "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈"
    "剑号巨阙珠称夜光果珍李柰菜重芥姜海咸河淡鳞潜羽翔龙师火帝鸟官人皇始制文字乃服衣裳推位让国有虞陶唐"
    "吊民伐罪周发殷汤坐朝问道垂拱平章爱育黎首臣伏戎羌遐迩一体率宾归鸣凤在竹白驹食场化被草木赖及万方"
)
# fmt: off
COLUMNS = {
    "employers": ["employer_id", "name", "city", "district", "address", "lat", "lon", "headcount", "receive_from",
                  "receive_to", "contact", "phone"],
    "stops": ["stop_id", "name", "kind", "city", "district", "lat", "lon", "open_from", "open_to"],
    "offers": ["offer_id", "mode", "basis", "operator", "vehicle", "seats", "seat_layout", "available", "from_date",
               "to_date", "base_stop", "origin_stop", "destination_stop", "departs", "arrives", "fixed_cost", "km_cost",
               "hour_cost", "seat_cost", "min_passengers", "role", "book_days_before"],
    "calls": ["offer_id", "seq", "stop_id", "arrives", "departs", "board", "alight"],
}
# fmt: on
COACHES = {  # seats: yuan a hire, a kilometre, an hour, and the seats of a row
    7: (200, 3.2, 25, "1+2"),
    19: (400, 4.8, 30, "2+1"),
    37: (700, 8.2, 40, "2+2"),
    45: (800, 9.4, 45, "2+2"),
    53: (900, 10.6, 50, "2+2"),
}


@dataclass(frozen=True, slots=True)
class Town:
    """A township of a county; ``point`` is None where the public point table has none."""

    county_code: str
    county: str
    name: str
    point: Point | None


def towns(path: Path) -> dict[str, list[Town]]:
    """Townships by county, from a ``places.csv``."""
    found: dict[str, list[Town]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            point = (float(row["lat"]), float(row["lon"])) if row["lat"] else None
            found.setdefault(row["county"], []).append(Town(row["county_code"], row["county"], row["town"], point))
    return found


def check_digit(body: str) -> str:
    """The eighteenth character of an ID number (ISO 7064 MOD 11-2)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


class Papers:
    """Names, ID numbers and telephones, no number given twice."""

    def __init__(self, rng: Random, today: date) -> None:
        self.rng, self.today = rng, today
        self.used: set[str] = set()

    def name(self) -> str:
        """A surname and one or two characters."""
        return self.rng.choice(SURNAMES) + "".join(self.rng.choices(GIVEN, k=self.rng.choice((1, 2, 2, 2))))

    def phone(self) -> str:
        """Eleven digits."""
        return self._fresh(lambda: f"154{self.rng.randrange(10**8):08d}")

    def id_number(self, code: str, youngest: int, oldest: int) -> str:
        """Of somebody registered first in division ``code``, between two ages in years."""
        body = self._fresh(lambda: f"{code}{self._birthday(youngest, oldest):%Y%m%d}000")
        return body + check_digit(body)

    def _birthday(self, youngest: int, oldest: int) -> date:
        return self.today - timedelta(days=self.rng.randrange(youngest * 366, oldest * 365))

    def _fresh(self, draw: Callable[[], str]) -> str:
        while (number := draw()) in self.used:
            continue
        self.used.add(number)
        return number


def near(rng: Random, centre: Point, km: float) -> Point:
    """A point drawn evenly from a disc."""
    bearing, radius = rng.random() * 2 * math.pi, km * math.sqrt(rng.random())
    lat = centre[0] + radius * math.cos(bearing) / 111.2
    return round(lat, 5), round(centre[1] + radius * math.sin(bearing) / (111.2 * math.cos(math.radians(lat))), 5)


def distance_km(a: Point, b: Point) -> float:
    """Kilometres on a flat map, good enough to choose the nearer of two stops."""
    return 111.2 * math.hypot(a[0] - b[0], (a[1] - b[1]) * math.cos(math.radians(a[0])))


def headcounts(rng: Random, sites: int, people: int, skew: float) -> list[int]:
    """At least one person a site, the rest by a power law of the sites' shuffled ranks."""
    ranks = rng.sample(range(1, sites + 1), sites)
    heads = [1] * sites
    for site in rng.choices(range(sites), [rank**-skew for rank in ranks], k=people - sites):
        heads[site] += 1
    return heads


def coach(offer_id: str, operator: str, seats: int, count: int, base: str, role: str, price: float = 1.0) -> Row:
    """A coach quote; ``price`` scales the usual costs."""
    fixed, km, hour, layout = COACHES[seats]
    return {
        "offer_id": offer_id, "mode": "coach", "basis": "charter", "operator": operator, "vehicle": f"{seats}座客车",
        "seats": seats, "seat_layout": layout, "available": count, "base_stop": base,
        "fixed_cost": round(fixed * price), "km_cost": f"{km * price:.2f}", "hour_cost": round(hour * price),
        "role": role, "book_days_before": 2,
    }  # fmt: skip


def write_table(out: Path, name: str, rows: Iterable[Row], headings: Sequence[str] = ()) -> None:
    """``out/NAME.csv``, one of ``COLUMNS``, UTF-8 with BOM, absent values empty. ``headings`` replace the names."""
    columns = COLUMNS[name]
    with (out / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writerow(dict(zip(columns, headings or columns, strict=True)))
        writer.writerows(rows)


def write_roster(path: Path, title: str, unit_line: str, made_on: date, rows: Sequence[dict[str, str]]) -> None:
    """A roster as an office keeps it: title, unit line, headings in row 3, one row a person, everything as text."""
    book = xlsxwriter.Workbook(str(path))
    # XlsxWriter stamps the clock into the file unless told otherwise.
    book.set_properties({"created": datetime(made_on.year, made_on.month, made_on.day)})  # noqa: DTZ001
    sheet = book.add_worksheet("花名册")
    columns = list(rows[0])
    large = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    head = book.add_format({"bold": True, "border": 1, "align": "center"})
    sheet.merge_range(0, 0, 0, len(columns) - 1, title, large)
    sheet.merge_range(1, 0, 1, len(columns) - 1, unit_line)
    sheet.write_row(2, 0, columns, head)
    for number, row in enumerate(rows, 3):
        for column, heading in enumerate(columns):
            sheet.write_string(number, column, row[heading])
    for column, heading in enumerate(columns):
        widest = max(len(heading), *(len(row[heading]) for row in rows))
        sheet.set_column(column, column, 4 + widest * (1.1 if rows[0][heading].isascii() else 2))
    sheet.freeze_panes(3, 2)
    book.close()


def county_seats(geo: Path, prefix: str) -> dict[str, tuple[str, Point]]:
    """Name and seat of the counties whose codes begin with ``prefix``, by code, from ``dispatch/geo/data``."""
    with (geo / "counties.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["code"].startswith(prefix) and row["lat"]]
    return {row["code"]: (row["name"], (float(row["lat"]), float(row["lon"]))) for row in rows}


def county_towns(geo: Path, seats: dict[str, tuple[str, Point]]) -> dict[str, list[Town]]:
    """Townships of these counties by the county's code, from ``dispatch/geo/data``."""
    found: dict[str, list[Town]] = {code: [] for code in seats}
    with (geo / "townships.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (code := row["code"][:6]) in seats:
                point = (float(row["lat"]), float(row["lon"])) if row["lat"] else None
                found[code].append(Town(code, seats[code][0], row["name"], point))
    return found
