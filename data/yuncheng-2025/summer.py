"""小候鸟: children of Yongji who travel to their parents in the summer of 2025, and back before school begins.

A child or an escort has a row for each journey; the register of the summer holds their names and numbers once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from made_up import Papers, near
from places import POINTS, SEATS, TOWNS, assembly
from register import Person, person
from stations import BY_DAY, DAY_AND_NIGHT, Site, site

FIRST, LAST = date(2025, 7, 4), date(2025, 8, 29)
YONGJI = "140881"
CHILDREN_PER_ESCORT = 5
HOME_STATION = "R-YJB"
# Service station that receives children, station where their train arrives, day out, day back, escorts with five each.
TRIPS = (
    ("S01", "R-SHHQ", date(2025, 7, 5), date(2025, 8, 23), 3),
    ("S09", "R-SZB", date(2025, 7, 5), date(2025, 8, 23), 2),
    ("S18", "R-YW", date(2025, 7, 8), date(2025, 8, 26), 3),
    ("S27", "R-SZN", date(2025, 7, 8), date(2025, 8, 26), 4),
    ("S40", "R-QZ", date(2025, 7, 11), date(2025, 8, 26), 2),
    ("S45", "R-TJX", date(2025, 7, 5), date(2025, 8, 23), 2),
    ("S49", "R-BJX", date(2025, 7, 5), date(2025, 8, 23), 2),
)
# Families whose grandparent takes one or two children to the parents' own address: city's district, day out, day back.
FAMILIES = (
    ("310117", date(2025, 7, 5), date(2025, 8, 23)),
    ("310114", date(2025, 7, 5), date(2025, 8, 23)),
    ("320583", date(2025, 7, 5), date(2025, 8, 23)),
    ("330782", date(2025, 7, 8), date(2025, 8, 26)),
    ("440307", date(2025, 7, 8), date(2025, 8, 26)),
    ("440306", date(2025, 7, 8), date(2025, 8, 26)),
    ("120116", date(2025, 7, 5), date(2025, 8, 23)),
    ("110115", date(2025, 7, 5), date(2025, 8, 23)),
)
# Where grandparents take the children over again: the centre in the town, and townships of the plain and the hills.
BACK_AT = ("Y01", "Y02", "Y03")


@dataclass(frozen=True, slots=True)
class Journey:
    """One way of one group: where it boards, where it is received, its first and its last hour."""

    board: str
    to: str
    ready: str
    due: str


def moment(day: date, after: int, hour: int) -> str:
    return f"{day + timedelta(days=after):%Y-%m-%d} {hour:02d}:00"


def home_sites(rng: Random) -> list[Site]:
    """Sites in Yongji: the office in the town, two townships, and the railway station for escorts without children."""
    seat = SEATS[YONGJI][1]
    rows = (
        ("Y01", "永济市外出务工人员服务中心", seat, 1.5),
        ("Y02", "永济市虞乡镇便民服务中心", (34.868, 110.621), 0.5),
        ("Y03", "永济市蒲州镇便民服务中心", (34.837, 110.331), 0.5),
    )
    sites = [site(rng, i, name, "运城市", "永济市", near(rng, at, km), BY_DAY) for i, name, at, km in rows]
    name, _, city, code, at = POINTS[HOME_STATION]
    return [*sites, site(rng, HOME_STATION, name, city, SEATS[code][0], at, DAY_AND_NIGHT)]


def far_sites(rng: Random, stations: list[Site]) -> Iterator[Site]:
    """Service stations that hand children over by day, parents' addresses, railway stations for escorts alone."""
    known = {s.site_id: s for s in stations}
    for station, arrival, *_ in TRIPS:
        own = known[station]
        yield Site(own.site_id, own.city, own.row | dict(zip(("receive_from", "receive_to"), BY_DAY, strict=True)))
        name, _, city, code, at = POINTS[arrival]
        yield site(rng, arrival, name, city, SEATS[code][0], at, DAY_AND_NIGHT)
    for n, (code, *_) in enumerate(FAMILIES, 1):
        district, seat = SEATS[code]
        city = next(s.city for s in stations if s.row["district"] == district)
        made = site(
            rng,
            f"P{n:02d}",
            f"{district}样例小区{n}号（家长住址）",
            city,
            district,
            near(rng, seat, 4),
            ("07:00", "22:00"),
        )
        yield Site(made.site_id, made.city, made.row | {"contact": "家长"})


class Summer:
    """The summer's register and roster while they are drawn up."""

    def __init__(self, rng: Random) -> None:
        self.rng, self.papers = rng, Papers(rng, FIRST)
        self.people: list[Person] = []
        self.rows: list[dict[str, str]] = []

    def somebody(self, town: str, youngest: int, oldest: int) -> Person:
        """A new person of a township of Yongji."""
        number = f"XHN{len(self.people) + 1:03d}"
        self.people.append(person(self.rng, self.papers, number, YONGJI, town, (youngest, oldest)))
        return self.people[-1]

    def travel(self, who: list[Person], journey: Journey, *, wards: bool = True) -> None:
        """A row for each of these; all but the first are the first's wards."""
        for n, member in enumerate(who):
            self.rows.append({
                "编号": f"{len(self.rows) + 1:03d}",
                "身份证号码": member.id_number,
                "企业编号": journey.to,
                "上车点": journey.board,
                "可出发日期": journey.ready,
                "到岗日期": journey.due,
                "监护人": who[0].id_number if wards and n else "",
                "备注": "小候鸟" if n else "护送人员",
            })  # fmt: skip

    def escorted(self, station: str, arrival: str, out: date, back: date, home: str) -> None:
        """An escort with five children: out, the escort home, out again for them, and back with them."""
        town = self.rng.choice(TOWNS[YONGJI]).name
        escort = self.somebody(town, 25, 55)
        group = [escort, *(self.somebody(town, 7, 15) for _ in range(CHILDREN_PER_ESCORT))]
        self.travel(group, Journey(assembly(YONGJI), station, moment(out, 0, 6), moment(out, 1, 20)))
        alone = Journey(arrival, HOME_STATION, moment(out, 2, 6), moment(out, 3, 22))
        self.travel([escort], alone)
        self.travel([escort], Journey(HOME_STATION, arrival, moment(back, -2, 6), moment(back, -1, 22)))
        self.travel(group, Journey(station, home, moment(back, 0, 6), moment(back, 1, 20)))

    def family(self, address: str, out: date, back: date) -> None:
        """A grandparent with one or two children, who stays with them."""
        town = self.rng.choice(TOWNS[YONGJI]).name
        children = self.rng.choice((1, 2))
        group = [self.somebody(town, 55, 64), *(self.somebody(town, 5, 14) for _ in range(children))]
        self.travel(group, Journey(assembly(YONGJI), address, moment(out, 0, 6), moment(out, 1, 20)))
        self.travel(group, Journey(address, "Y01", moment(back, 0, 6), moment(back, 1, 20)))


def journeys(rng: Random) -> Summer:
    """Everybody of the summer and all their rows."""
    summer = Summer(rng)
    for station, arrival, out, back, escorts in TRIPS:
        for n in range(escorts):
            summer.escorted(station, arrival, out, back, BACK_AT[n % len(BACK_AT)])
    for n, (_, out, back) in enumerate(FAMILIES, 1):
        summer.family(f"P{n:02d}", out, back)
    return summer
