"""China's administrative divisions as shipped with the package, read once: codes, names, points."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dispatch.model.units import Position

COUNTY, TOWNSHIP = 2, 3
_LEVEL = {"regions": 0, "counties": COUNTY, "townships": TOWNSHIP}


@dataclass(frozen=True, slots=True)
class Division:
    """A province, prefecture, county or township; ``position`` is its seat where known."""

    code: str
    name: str
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Divisions:
    """All divisions by code, and for each level (province, prefecture, county, township) the codes that bear a name."""

    by_code: dict[str, Division]
    by_name: tuple[dict[str, tuple[str, ...]], ...]

    def full_name(self, code: str) -> str:
        """The name from the province down: 山西省运城市平陆县."""
        chain = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code[:6], code))
        return "".join(self.by_code[c].name for c in chain if c in self.by_code)

    def counties(self) -> Iterator[Division]:
        """County-level divisions, those without a known point left out."""
        codes = dict.fromkeys(code for same in self.by_name[COUNTY].values() for code in same)
        return (self.by_code[code] for code in codes if self.by_code[code].position)


@cache
def divisions() -> Divisions:
    """The shipped tables; the first call reads 42,000 rows."""
    by_code: dict[str, Division] = {}
    by_name: tuple[defaultdict[str, list[str]], ...] = tuple(defaultdict(list) for _ in range(4))
    for table in ("regions", "counties", "townships"):
        for row in _rows(table):
            level = _LEVEL[table] if table != "regions" or row["code"].endswith("0000") else 1
            division = Division(row["code"], row["name"], _position(row))
            # A city without counties stands in both tables and answers as either; the later row has a point.
            by_code[division.code] = division
            for name in filter(None, dict.fromkeys((row["name"], row.get("short", "")))):
                by_name[level][name].append(division.code)
    return Divisions(by_code, tuple({k: tuple(v) for k, v in names.items()} for names in by_name))


def _rows(table: str) -> Iterator[dict[str, str]]:
    lines = (files("dispatch.geo") / "data" / f"{table}.csv").read_text("utf-8").splitlines()
    return csv.DictReader(lines)


def _position(row: dict[str, str]) -> Position | None:
    return Position(float(row["lat"]), float(row["lon"])) if row.get("lat") else None
