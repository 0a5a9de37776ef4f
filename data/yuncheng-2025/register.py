"""The real-name register: 39,000 people of Yuncheng's thirteen counties, of whom a season's travellers are a few."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from made_up import Papers
from places import HOME, SHARES, TOWNS

REGISTERED = 39_000
COLUMNS = ("编号", "姓名", "身份证号码", "联系电话", "户籍地", "资金类别")
FUNDING = (("一般户", "脱贫户", "监测户"), (70, 24, 6))


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the register."""

    number: str
    name: str
    id_number: str
    phone: str
    county: str
    town: str
    funding: str

    @property
    def row(self) -> tuple[str, ...]:
        home = f"运城市{HOME[self.county][0]}{self.town}"
        return self.number, self.name, self.id_number, self.phone, home, self.funding


def registered(rng: Random, today: date) -> list[Person]:
    """Everybody, county by county; a township's people stand together."""
    papers = Papers(rng, today)
    people: list[Person] = []
    for county, share in SHARES.items():
        heads = REGISTERED * share // 100
        places = sorted(rng.choices([t.name for t in TOWNS[county]], k=heads))
        people += [person(rng, papers, f"YC{len(people) + n:05d}", county, t) for n, t in enumerate(places, 1)]
    return people


def person(
    rng: Random, papers: Papers, number: str, county: str, town: str, ages: tuple[int, int] = (18, 57)
) -> Person:
    """Somebody between two ages."""
    funding = rng.choices(*FUNDING)[0]
    return Person(number, papers.name(), papers.id_number(county, *ages), papers.phone(), county, town, funding)


def write_register(path: Path, people: list[Person]) -> None:
    """The register as the office's system gives it out: headings in the first row, UTF-8 with BOM."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(p.row for p in people)
