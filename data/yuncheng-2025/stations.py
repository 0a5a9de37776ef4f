"""The service stations outside the province: 18 provincial and 43 municipal, and the other reading's 403."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from made_up import SURNAMES, Point, Row, near
from places import CITIES, HOME, SEATS, SHARES, City

ALL_STATIONS = 403
DAY_AND_NIGHT, BY_DAY = ("00:00", "23:59"), ("07:00", "22:00")


@dataclass(frozen=True, slots=True)
class Site:
    """A place where people are received: its city and its row of employers.csv, without headcount."""

    site_id: str
    city: str
    row: Row


def site(rng: Random, site_id: str, name: str, city: str, district: str, at: Point, hours: tuple[str, str]) -> Site:
    """A receiving site with somebody to call."""
    return Site(site_id, city, {
        "employer_id": site_id, "name": name, "city": city, "district": district,
        "address": f"{district}样例路{rng.randrange(1, 200)}号", "lat": at[0], "lon": at[1], "receive_from": hours[0],
        "receive_to": hours[1], "contact": f"{rng.choice(SURNAMES)}站长", "phone": f"154{rng.randrange(10**8):08d}",
    })  # fmt: skip


def named(city: City, district: str, owner: str) -> str:
    """What a station is called; a town that is a city of its own bears its name alone."""
    return f"{owner}驻{district if district.endswith('市') else city.name + district}外出务工人员服务站"


def stations(rng: Random) -> list[Site]:
    """The 61 that the article counts by level, city by city; somebody answers there day and night."""
    found: list[Site] = []
    for city in CITIES:
        owners = [("山西省", code) for code in city.provincial] + [("运城市", code) for code in city.municipal]
        for owner, code in owners:
            district, seat = SEATS[code]
            name = named(city, district, owner)
            found.append(
                site(rng, f"S{len(found) + 1:02d}", name, city.name, district, near(rng, seat, 4), DAY_AND_NIGHT)
            )
    return found


def county_stations(rng: Random, count: int) -> Iterator[Site]:
    """Stations that Yuncheng's counties keep within 12 km of those of city and province, open by day."""
    for n, city in enumerate(rng.choices(CITIES, [c.travellers for c in CITIES], k=count), 1):
        district, seat = SEATS[rng.choice((*city.provincial, *city.municipal))]
        owner = HOME[rng.choices(list(SHARES), list(SHARES.values()))[0]][0]
        name = f"{named(city, district, owner)}{n}号"
        yield site(rng, f"X{n:03d}", name, city.name, district, near(rng, seat, 12), BY_DAY)


def with_headcounts(sites: Iterable[Site], sent: dict[str, int]) -> list[Row]:
    """The rows of employers.csv with the people that a roster sends to each."""
    return [s.row | {"headcount": sent.get(s.site_id, 0)} for s in sites]
