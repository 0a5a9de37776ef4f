#!/usr/bin/env python3
"""Write the input files of the Linfen job fair of 28 February 2026: 196 people to Shanghai and Jiangsu, made up.

``python make_people.py [--out DIR]``; the same run writes the same bytes. README.md tells what is made up.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))

from made_up import (  # noqa: E402 - the folder above has to be on the path first
    COLUMNS,
    NUMERALS,
    Papers,
    Point,
    Row,
    Town,
    coach,
    headcounts,
    near,
    towns,
    write_roster,
    write_table,
)

FAIR_DAY = date(2026, 2, 28)
FAIR = "临汾招聘会现场"
TOWNS = towns(HERE / "places.csv")

# County: people, older ID prefix that people registered long ago still carry ("" where none is known), coach station.
COUNTIES: dict[str, tuple[int, str, Point]] = {
    "尧都区": (24, "142601", (36.0810, 111.5300)),
    "曲沃县": (9, "", (35.6420, 111.4672)),
    "翼城县": (11, "", (35.7452, 111.6987)),
    "襄汾县": (17, "", (35.8750, 111.4353)),
    "洪洞县": (26, "142625", (36.2566, 111.6753)),
    "古县": (5, "", (36.2680, 111.9150)),
    "安泽县": (5, "", (36.1468, 112.2335)),
    "浮山县": (7, "", (35.9661, 111.8417)),
    "吉县": (6, "", (36.1011, 110.6733)),
    "乡宁县": (10, "", (35.9798, 110.8221)),
    "大宁县": (6, "", (36.4784, 110.7552)),
    "隰县": (11, "", (36.6953, 110.9556)),
    "永和县": (7, "", (36.7800, 110.6396)),
    "蒲县": (10, "", (36.4136, 111.0950)),
    "汾西县": (9, "", (36.6576, 111.5664)),
    "侯马市": (10, "", (35.6136, 111.3566)),
    "霍州市": (23, "", (36.5690, 111.7230)),
}
# City, district: employers, and the industrial area that they lie around.
DISTRICTS: dict[tuple[str, str], tuple[int, Point]] = {
    ("上海市", "嘉定区"): (3, (31.390, 121.250)),
    ("上海市", "松江区"): (3, (31.040, 121.220)),
    ("上海市", "浦东新区"): (3, (31.200, 121.620)),
    ("上海市", "青浦区"): (2, (31.155, 121.115)),
    ("苏州市", "昆山市"): (7, (31.380, 120.960)),
    ("苏州市", "太仓市"): (3, (31.460, 121.090)),
    ("苏州市", "吴江区"): (3, (31.150, 120.650)),
    ("苏州市", "虎丘区"): (2, (31.310, 120.540)),
    ("苏州市", "常熟市"): (2, (31.660, 120.780)),
    ("无锡市", "新吴区"): (3, (31.515, 120.420)),
    ("无锡市", "江阴市"): (2, (31.890, 120.270)),
    ("常州市", "武进区"): (3, (31.710, 119.945)),
    ("南京市", "江宁区"): (3, (31.930, 118.830)),
}
HOURS = [("06:00", "22:00"), ("00:00", "23:59"), ("08:00", "18:00"), ("06:00", "22:00")]
EMPLOYER_HEADINGS = (
    *("企业编号", "企业名称", "市", "区县", "地址", "纬度", "经度", "需求人数", "接收时段起", "接收时段止"),
    *("联系人", "联系电话"),
)
TRADES = ["电子", "机械", "汽车配件", "食品", "纺织", "包装", "物流", "模具", "家具", "光学"]


def stops() -> list[Row]:
    """Every stop but the gates."""
    rows: list[Row] = []

    def add(stop_id: str, name: str, kind: str, city: str, district: str, point: Point) -> None:
        rows.append(dict(zip(COLUMNS["stops"], (stop_id, name, kind, city, district, *point), strict=False)))

    add("A-FAIR", FAIR, "assembly", "临汾市", "尧都区", (36.0930, 111.5080))
    for county, (_, _, point) in COUNTIES.items():
        add(f"A{TOWNS[county][0].county_code}", f"{county}客运站", "assembly", "临汾市", county, point)
    add("R-LFX", "临汾西站", "rail_station", "临汾市", "尧都区", (36.1000, 111.4600))
    add("R-LF", "临汾站", "rail_station", "临汾市", "尧都区", (36.0840, 111.5240))
    add("R-SHHQ", "上海虹桥站", "rail_station", "上海市", "闵行区", (31.1960, 121.3160))
    add("R-SZB", "苏州北站", "rail_station", "苏州市", "相城区", (31.4240, 120.6400))
    add("R-SZ", "苏州站", "rail_station", "苏州市", "姑苏区", (31.3310, 120.6080))
    add("R-CZB", "常州北站", "rail_station", "常州市", "新北区", (31.8740, 119.9680))
    add("R-NJN", "南京南站", "rail_station", "南京市", "雨花台区", (31.9710, 118.7940))
    return rows


def employers(rng: Random) -> list[Row]:
    """39 receiving sites, their headcounts 196 in all, gates within 4 km of an industrial area."""
    places = [(*where, area) for where, (count, area) in DISTRICTS.items() for _ in range(count)]
    heads = headcounts(rng, len(places), sum(c[0] for c in COUNTIES.values()), 0.7)
    return [employer(rng, n, *place, heads[n]) for n, place in enumerate(places)]


def employer(rng: Random, n: int, city: str, district: str, area: Point, heads: int) -> Row:
    lat, lon = near(rng, area, 4)
    opens, closes = HOURS[n % len(HOURS)]
    return {
        "employer_id": f"E{n + 1:02d}", "name": f"{district[:2]}{NUMERALS[n]}字{rng.choice(TRADES)}厂", "city": city,
        "district": district, "address": f"{district}样例工业园{n + 1}号", "lat": lat, "lon": lon, "headcount": heads,
        "receive_from": opens, "receive_to": closes, "contact": "人事接待", "phone": f"154{rng.randrange(10**8):08d}",
    }  # fmt: skip


def parties(rng: Random, sites: list[Row]) -> Iterator[tuple[str, str, int]]:
    """(county, employer's name, size) of each party; an employer recruits in one to four counties."""
    quota = {county: figures[0] for county, figures in COUNTIES.items()}
    for site in sorted(sites, key=lambda s: -int(str(s["headcount"]))):
        left = int(str(site["headcount"]))
        anchors = rng.choices(list(quota), list(quota.values()), k=min(4, 1 + left // 4))
        while left:
            county = rng.choice([c for c in anchors if quota[c]] or [c for c in quota if quota[c]])
            size = min(left, quota[county], rng.choice((1, 1, 1, 1, 1, 2, 2, 2, 3)))
            left -= size
            quota[county] -= size
            yield county, str(site["name"]), size


def people(rng: Random, sites: list[Row]) -> list[dict[str, str]]:
    """The 196, party by party; in two parties the last is a child who travels with the first."""
    papers = Papers(rng, FAIR_DAY)
    rows: list[dict[str, str]] = []
    party = children = 0
    for county, site, size in parties(rng, sites):
        party += size > 1
        town = rng.choice(TOWNS[county])
        at_fair = rng.random() < 0.55
        early = "2026年2月27日" if rng.random() < 0.1 else "2026年2月28日"
        shared = {
            "上车点": FAIR if at_fair else "",
            "用工企业": site,
            "可出发日期": "2026年2月28日 11:30" if at_fair else early,
            "到岗日期": "2026年3月2日 09:00",
            "同行组": f"P{party:02d}" if size > 1 else "",
        }
        child = size > 1 and children < 2 and rng.random() < 0.1
        children += child
        leader = f"LF{len(rows) + 1:03d}"
        for i in range(size):
            minor = child and i == size - 1
            rows.append(person(rng, papers, f"LF{len(rows) + 1:03d}", town, shared, leader if minor else ""))
    return with_needs(rows)


def person(
    rng: Random, papers: Papers, number: str, town: Town, shared: dict[str, str], guardian: str
) -> dict[str, str]:
    old = COUNTIES[town.county][1]
    code = old if old and not guardian and rng.random() < 0.4 else town.county_code
    return {
        "编号": number, "姓名": papers.name(),
        "身份证号码": papers.id_number(code, *((8, 15) if guardian else (19, 56))), "联系电话": papers.phone(),
        "县": f"山西省临汾市{town.county}", "乡镇": town.name,
        **shared, "监护人": guardian, "备注": "随行子女" if guardian else "",
        "资金类别": rng.choices(("一般户", "脱贫户", "监测户"), (72, 23, 5))[0],
    }  # fmt: skip


def with_needs(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """A wheelchair and a pregnancy, on fixed rows of adults."""
    adults = [row for row in rows if not row["监护人"]]
    adults[57]["备注"] = "wheelchair"
    adults[131]["备注"] = "pregnant"
    return rows


def offers() -> Iterator[Row]:
    """Quotes: coaches of Linfen's counties, ordinary seats and a block of seats, vans and coaches at the stations."""
    days = {"from_date": date(2026, 2, 27), "to_date": date(2026, 3, 3)}
    for offer in (*coaches(), *tickets()):
        yield offer | days
    yield {
        "offer_id": "AL-SH", "mode": "train", "basis": "allotment", "operator": "铁路局", "vehicle": "二等座（团体）",
        "seats": 40, "seat_layout": "3+2", "available": 40, "from_date": FAIR_DAY, "to_date": FAIR_DAY,
        "origin_stop": "R-LFX", "destination_stop": "R-SHHQ", "departs": "10:51", "arrives": "21:15",
        "fixed_cost": 800, "seat_cost": 598, "min_passengers": 30, "role": "trunk", "book_days_before": 16,
    }  # fmt: skip


def coaches() -> Iterator[Row]:
    fleets = {"尧都区": (6, 6, 6), "洪洞县": (2, 2, 1), "霍州市": (2, 2, 1), "侯马市": (2, 2, 2), "隰县": (2, 2, 0)}
    for county, fleet in fleets.items():
        base = f"A{TOWNS[county][0].county_code}"
        for seats, count in zip((37, 45, 53), fleet, strict=True):
            if count:
                yield coach(f"LH-{base}-{seats}", f"{county}车队", seats, count, base, "any")
    for base, city in (("R-SHHQ", "上海"), ("R-SZB", "苏州"), ("R-SZ", "苏州"), ("R-CZB", "常州"), ("R-NJN", "南京")):
        for seats in (7, 19, 37):
            yield coach(f"LM-{base}-{seats}", f"{city}接站车队", seats, 6, base, "last_mile", price=0.9)


def tickets() -> Iterator[Row]:
    for offer_id, vehicle, left, start, end, leaves, arrives, price in (
        ("TK-NJN", "动车二等座", 6, "R-LFX", "R-NJN", "10:51", "19:40", 505),
        ("TK-CZB", "动车二等座", 4, "R-LFX", "R-CZB", "10:51", "20:22", 560),
        ("TK-SZB", "动车二等座", 6, "R-LFX", "R-SZB", "10:51", "20:50", 585),
        ("TK-SH", "动车二等座", 6, "R-LFX", "R-SHHQ", "10:51", "21:15", 612),
        ("TK-SZ-K", "普速硬座", 6, "R-LF", "R-SZ", "12:05", "13:46+1", 172),
    ):
        yield {
            "offer_id": offer_id, "mode": "train", "basis": "ticket", "operator": "铁路局", "vehicle": vehicle,
            "seats": left, "seat_layout": "3+2", "available": left, "origin_stop": start, "destination_stop": end,
            "departs": leaves, "arrives": arrives, "seat_cost": price, "role": "trunk", "book_days_before": 3,
        }  # fmt: skip


def main() -> None:
    """Write every file of the operation into ``--out`` (default: this folder)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE)
    out: Path = parser.parse_args().out
    rng = Random(20260228)
    sites = employers(rng)
    roster = people(rng, sites)
    title = "2026年临汾市赴上海、江苏“点对点”务工人员花名册"
    unit_line = f"填报单位：劳务工作办公室（样例）    填报日期：2026年2月25日    单位：人    合计：{len(roster)}"
    write_roster(out / "workers.xlsx", title, unit_line, date(2026, 2, 25), roster)
    write_table(out, "employers", sites, EMPLOYER_HEADINGS)
    write_table(out, "stops", stops())
    write_table(out, "offers", offers())


if __name__ == "__main__":
    main()
