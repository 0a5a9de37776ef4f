"""The season after the Spring Festival of 2025: groups on the regular departure days, and the sign-up list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from made_up import distance_km
from places import HOME, REGIONS, SHARES, City
from register import Person
from stations import Site

FIRST, LAST = date(2025, 2, 4), date(2025, 3, 2)
# Region: weekdays of its regular departures (1 is Monday), days from the first hour to the latest arrival.
REGULAR: dict[str, tuple[str, int]] = {
    "hu": ("1 4", 2), "su": ("2 5", 2), "zhe": ("3 6", 2), "yue": ("2 6", 3), "min": ("1 5", 3), "jing": ("4 7", 2),
    "xi": ("3 7", 2), "zhong": ("3 7", 2), "lu": ("1 4", 2),
}  # fmt: skip
COACHFUL = 53
SIZES = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3)
SIGNED_BY_ID = {"140823", "140829", "140830"}  # counties whose sign-up list has ID numbers and no register numbers


@dataclass(frozen=True, slots=True)
class Group:
    """People of one or two neighbouring counties who leave on one day for one or two stations of a city."""

    day: date
    last: date
    counties: tuple[str, str]
    sites: tuple[Site, Site]
    heads: int


def groups(rng: Random, sites: list[Site]) -> Iterator[Group]:
    """The season's groups; more leave before the Lantern Festival of 12 February and soon after it."""
    for region, cities in REGIONS.items():
        weekdays, days = REGULAR[region]
        dates = [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days - days)]
        dates = [d for d in dates if str(d.isoweekday()) in weekdays]
        for city in cities:
            yield from groups_of(rng, city, [s for s in sites if s.city == city.name], dates, days)


def groups_of(rng: Random, city: City, sites: list[Site], dates: list[date], days: int) -> Iterator[Group]:
    """A city's travellers in groups of a coachful or less; each station is some group's first."""
    count = max(len(sites), round(city.travellers / COACHFUL))
    sizes = [city.travellers // count + (n < city.travellers % count) for n in range(count)]
    for n, heads in enumerate(sizes):
        day = rng.choices(dates, [5, 5, 5, 4, 3, 2, 2, 1][: len(dates)])[0]
        county = rng.choices(list(SHARES), list(SHARES.values()))[0]
        second = rng.choice(sites) if rng.random() < 0.3 else sites[n % len(sites)]
        pair = (county, neighbour(county) if rng.random() < 0.4 else county)
        yield Group(day, day + timedelta(days=days), pair, (sites[n % len(sites)], second), heads)


def neighbour(county: str) -> str:
    """The county whose seat is nearest."""
    return min((c for c in HOME if c != county), key=lambda c: distance_km(HOME[c][1], HOME[county][1]))


class SignUp:
    """Who of the register has signed up already, township by township."""

    def __init__(self, rng: Random, people: list[Person]) -> None:
        self.rng = rng
        self.left: dict[str, dict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
        for person in people:
            self.left[person.county][person.town].append(person)
        for towns in self.left.values():
            for waiting in towns.values():
                rng.shuffle(waiting)

    def party(self, county: str, size: int) -> list[Person]:
        """So many people of one township."""
        towns = self.left[county]
        town = self.rng.choices(list(towns), [len(waiting) for waiting in towns.values()])[0]
        return [towns[town].pop() for _ in range(min(size, len(towns[town])))]


def sign_up_list(rng: Random, people: list[Person], sites: list[Site]) -> list[dict[str, str]]:
    """The season's travellers: number or ID number, receiving station, dates; all else is in the register."""
    waiting, parties, rows = SignUp(rng, people), Counter[str](), []
    for group in groups(rng, sites):
        left = group.heads
        while left:
            county = group.counties[rng.random() < 0.3]
            members = waiting.party(county, min(left, rng.choice(SIZES)))
            left -= len(members)
            parties["party"] += len(members) > 1
            party = f"T{parties['party']:03d}" if len(members) > 1 else ""
            rows += party_rows(rng, group, county, members, party)
    return with_needs(rows)


def party_rows(rng: Random, group: Group, county: str, members: list[Person], party: str) -> Iterator[dict[str, str]]:
    """A party's rows; most are told where to board, the others go to the stop that the plan chooses."""
    to = group.sites[rng.random() < 0.35]
    ready = group.day - timedelta(days=rng.random() < 0.05)
    board = "运城站" if county == "140802" and rng.random() < 0.5 else f"{HOME[county][0]}客运站"
    stop = board if rng.random() < 0.85 else ""
    for member in members:
        by_id = county in SIGNED_BY_ID
        yield {
            "编号": "" if by_id else member.number,
            "身份证号码": member.id_number if by_id else "",
            "企业编号": to.site_id,
            "上车点": stop,
            "可出发日期": f"{ready:%Y-%m-%d} 06:00",
            "到岗日期": f"{group.last:%Y-%m-%d} 22:00",
            "同行组": party,
            "不可乘": "",
            "备注": "",
        }


def with_needs(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Two wheelchairs, three pregnancies and four people who may not fly, on fixed rows."""
    for n in (211, 1870):
        rows[n]["备注"] = "wheelchair"
    for n in (402, 1333, 2750):
        rows[n] |= {"备注": "pregnant", "不可乘": "flight"}
    for n in (95, 800, 1605, 2410):
        rows[n]["不可乘"] = "flight"
    return rows


def to_other_stations(roster: list[dict[str, str]], sites: list[Site]) -> list[dict[str, str]]:
    """The same list to all the stations of each city, district by district; a party stays together."""
    city_of = {s.site_id: s.city for s in sites}
    by_city, parties = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for s in sorted(sites, key=lambda s: (s.city, str(s.row["district"]), s.site_id)):
        by_city[s.city].append(s.site_id)
    keys = [row["同行组"] or f"row {n}" for n, row in enumerate(roster)]
    for key, row in zip(keys, roster, strict=True):
        of_city = parties[city_of[row["企业编号"]]]
        if of_city[-1:] != [key]:
            of_city.append(key)
    chosen = {
        key: by_city[city][n * len(by_city[city]) // len(keys_of)]
        for city, keys_of in parties.items()
        for n, key in enumerate(keys_of)
    }
    return [row | {"企业编号": chosen[key]} for key, row in zip(keys, roster, strict=True)]
