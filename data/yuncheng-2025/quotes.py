"""Quotes: coaches on regular weekdays, ordinary seats on trains and flights, coaches and vans where people arrive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from made_up import Row, coach
from places import HOME, POINTS, STANDS, assembly

# Counties with long-distance coaches of their own, weekdays on which they run: seats and coaches a day.
LONG_DISTANCE: dict[str, tuple[str, dict[int, int]]] = {
    "140802": ("1 2 3 4 5 6 7", {37: 2, 45: 3, 53: 6}),
    "140822": ("1 2 3 4 5 6", {45: 2, 53: 3}),
    "140821": ("1 2 3 4 5 6", {45: 2, 53: 3}),
    "140823": ("1 2 3 5 6 7", {45: 2, 53: 2}),
    "140824": ("1 2 3 4 5 6", {45: 1, 53: 2}),
    "140881": ("1 2 3 4 6 7", {45: 2, 53: 3}),
    "140882": ("1 2 4 5 6 7", {45: 1, 53: 2}),
    "140827": ("2 3 5 6", {37: 1, 53: 1}),
}


class Ride(NamedTuple):
    """Ordinary seats of one train or flight: (stop, time) of where people board and of where they alight."""

    offer_id: str
    vehicle: str
    seats: int
    days: str
    price: int
    board: tuple[tuple[str, str], ...]
    alight: tuple[tuple[str, str], ...]


# fmt: off
SEASON_RIDES = (
    Ride("G-BJ", "高铁二等座", 40, "", 335, (("R-YJB", "08:10"), ("R-YCB", "08:32"), ("R-WXX", "08:50")),
         (("R-BJX", "13:42"),)),
    Ride("K-BJ", "普速硬座", 60, "", 142, (("R-YJ", "17:48"), ("R-YC", "18:40")), (("R-BJX", "08:12+1"),)),
    Ride("G-TJ", "高铁二等座", 30, "2 4 6 7", 372, (("R-YCB", "09:20"),), (("R-TJX", "15:31"),)),
    Ride("K-TJ", "普速硬座", 50, "4 7", 151, (("R-YC", "16:55"),), (("R-TJX", "08:34+1"),)),
    Ride("D-SH", "动车二等座", 30, "", 598, (("R-WXX", "09:02"), ("R-YCB", "09:22"), ("R-YJB", "09:42")),
         (("R-NJN", "16:02"), ("R-SZB", "17:20"), ("R-SHHQ", "17:56"))),
    Ride("K-SH", "普速硬座", 50, "1 2 4 5", 182, (("R-YC", "15:20"),),
         (("R-WX", "10:21+1"), ("R-SUZ", "10:58+1"), ("R-SH", "12:06+1"))),
    Ride("D-HZ", "动车二等座", 20, "", 645, (("R-YCB", "08:02"), ("R-YJB", "08:21")),
         (("R-HZD", "17:08"), ("R-YW", "18:06"))),
    Ride("K-YW", "普速硬座", 40, "3 6", 205, (("R-YC", "13:30"),), (("R-HZD", "12:02+1"), ("R-YW", "14:05+1"))),
    Ride("D-NB", "动车二等座", 10, "3 6", 668, (("R-YCB", "08:44"),), (("R-NB", "18:57"),)),
    Ride("G-SZ", "高铁二等座", 30, "", 905, (("R-WXX", "08:00"), ("R-YCB", "08:18"), ("R-YJB", "08:38")),
         (("R-GZN", "17:52"), ("R-SZN", "18:35"))),
    Ride("K-GZ", "普速硬座", 70, "2 4 6", 238, (("R-YJ", "20:58"), ("R-YC", "20:10")),
         (("R-WH", "10:15+1"), ("R-GZ", "22:31+1"))),
    Ride("K-SZ", "普速硬座", 110, "2 6", 256, (("R-YC", "11:40"),), (("R-DGD", "17:42+1"), ("R-SZD", "18:50+1"))),
    Ride("K-XM", "普速硬座", 70, "1 5", 252, (("R-YC", "10:20"),), (("R-QZ", "19:31+1"), ("R-XM", "21:02+1"))),
    Ride("D-XA", "动车二等座", 60, "", 76, (("R-WXX", "11:05"), ("R-YCB", "11:24"), ("R-YJB", "11:44")),
         (("R-XAB", "12:40"),)),
    Ride("G-ZZ", "高铁二等座", 40, "", 112, (("R-SMX", "10:12"),), (("R-ZZD", "11:34"),)),
    Ride("K-QD", "普速硬座", 30, "1 4", 190, (("R-YC", "14:26"),), (("R-JN", "06:20+1"), ("R-QD", "10:55+1"))),
    Ride("FL-SH", "经济舱", 12, "", 560, (("F-YCU", "12:10"),), (("F-PVG", "14:20"),)),
    Ride("FL-HZ", "经济舱", 10, "1 3 5 6", 590, (("F-YCU", "17:05"),), (("F-HGH", "19:15"),)),
    Ride("FL-SZ", "经济舱", 20, "", 690, (("F-YCU", "13:25"),), (("F-SZX", "16:05"),)),
    Ride("FL-GZ", "经济舱", 15, "1 3 5 7", 640, (("F-YCU", "08:40"),), (("F-CAN", "11:15"),)),
    Ride("FL-QZ", "经济舱", 20, "1 3 5 7", 620, (("F-YCU", "15:30"),), (("F-JJN", "18:00"),)),
)
# fmt: on


def ride(r: Ride, first: date, last: date) -> Row:
    """An offer of ordinary seats from a ride's first stop to its last."""
    rail = not r.offer_id.startswith("FL")
    stops = sorted(r.board, key=lambda s: s[1])
    return {
        "offer_id": r.offer_id, "mode": "train" if rail else "flight", "basis": "ticket",
        "operator": "铁路局" if rail else "航空公司", "vehicle": r.vehicle, "seats": r.seats,
        "seat_layout": "3+2" if rail else "3+3", "available": r.seats, "from_date": first, "to_date": last,
        "origin_stop": stops[0][0], "destination_stop": r.alight[-1][0], "departs": stops[0][1],
        "arrives": r.alight[-1][1], "seat_cost": r.price, "role": "trunk", "book_days_before": 3, "days": r.days,
    }  # fmt: skip


def calls(rides: Iterable[Ride]) -> Iterator[Row]:
    """The calls of the rides that take people up or let them off on the way."""
    for r in rides:
        if len(r.board) + len(r.alight) == 2:
            continue
        stops = [(*s, "yes", "no") for s in sorted(r.board, key=lambda s: s[1])] + [(*s, "no", "yes") for s in r.alight]
        for seq, (stop, at, board, alight) in enumerate(stops, 1):
            yield {
                "offer_id": r.offer_id, "seq": seq, "stop_id": stop, "arrives": at, "departs": at, "board": board,
                "alight": alight,
            }  # fmt: skip


def long_distance() -> Iterator[Row]:
    """Coaches of the counties on their weekdays; people are collected by them too."""
    for county, (days, fleet) in LONG_DISTANCE.items():
        for seats, count in fleet.items():
            base, operator = assembly(county), f"{HOME[county][0]}长途车队"
            yield coach(f"LH-{base}-{seats}", operator, seats, count, base, "trunk") | {"days": days}


def feeders() -> Iterator[Row]:
    """Coaches that take a county's people to a station, every day."""
    for county, (name, _) in HOME.items():
        for seats, count in {7: 2, 19: 2, 37: 2, 53: 1}.items():
            base = assembly(county)
            yield coach(f"FD-{base}-{seats}", f"{name}公交", seats, count, base, "feeder", price=0.9)


def last_miles() -> Iterator[Row]:
    """Coaches and vans at the stations and airports where people arrive."""
    airports = {POINTS[stop][2]: stop for stop in POINTS if POINTS[stop][1] == "airport" and stop != "F-YCU"}
    for city, stand in STANDS.items():
        for seats, count in {7: 4, 19: 4, 37: 3, 53: 3}.items():
            yield coach(f"LM-{stand}-{seats}", f"{city}接站车队", seats, count, stand, "last_mile", price=0.9)
    for city, stand in airports.items():
        for seats in (7, 19):
            yield coach(f"LM-{stand}-{seats}", f"{city}机场车队", seats, 3, stand, "last_mile", price=0.9)


def season_offers(first: date, last: date) -> list[Row]:
    """Every quote of the season after the Spring Festival."""
    coaches = (*long_distance(), *feeders(), *last_miles())
    dates = {"from_date": first, "to_date": last}
    return [*(offer | dates for offer in coaches), *(ride(r, first, last) for r in SEASON_RIDES)]


# fmt: off
SUMMER_RIDES = (
    Ride("G-BJ", "高铁二等座", 40, "", 335, (("R-YJB", "08:10"),), (("R-BJX", "13:42"),)),
    Ride("G-TJ", "高铁二等座", 40, "", 372, (("R-YJB", "09:00"),), (("R-TJX", "15:31"),)),
    Ride("D-SH", "动车二等座", 60, "", 598, (("R-YJB", "09:42"),), (("R-SZB", "17:20"), ("R-SHHQ", "17:56"))),
    Ride("D-HZ", "动车二等座", 40, "", 645, (("R-YJB", "08:21"),), (("R-YW", "18:06"),)),
    Ride("G-SZ", "高铁二等座", 40, "", 905, (("R-YJB", "08:38"),), (("R-SZN", "18:35"),)),
    Ride("D-QZ", "动车二等座", 30, "", 760, (("R-YJB", "07:40"),), (("R-QZ", "18:50"),)),
    Ride("FL-SH", "经济舱", 20, "", 560, (("F-YCU", "12:10"),), (("F-PVG", "14:20"),)),
    Ride("FL-SZ", "经济舱", 30, "", 690, (("F-YCU", "13:25"),), (("F-SZX", "16:05"),)),
    Ride("FL-QZ", "经济舱", 30, "1 3 5 7", 620, (("F-YCU", "15:30"),), (("F-JJN", "18:00"),)),
    Ride("G-BJ-R", "高铁二等座", 40, "", 335, (("R-BJX", "09:20"),), (("R-YJB", "14:52"),)),
    Ride("G-TJ-R", "高铁二等座", 40, "", 372, (("R-TJX", "09:10"),), (("R-YJB", "15:41"),)),
    Ride("D-SH-R", "动车二等座", 60, "", 598, (("R-SHHQ", "09:05"), ("R-SZB", "09:41")), (("R-YJB", "17:19"),)),
    Ride("D-HZ-R", "动车二等座", 40, "", 645, (("R-YW", "08:50"),), (("R-YJB", "18:35"),)),
    Ride("G-SZ-R", "高铁二等座", 40, "", 905, (("R-SZN", "08:25"),), (("R-YJB", "18:22"),)),
    Ride("D-QZ-R", "动车二等座", 30, "", 760, (("R-QZ", "08:15"),), (("R-YJB", "19:25"),)),
    Ride("FL-SH-R", "经济舱", 20, "", 560, (("F-PVG", "09:10"),), (("F-YCU", "11:20"),)),
    Ride("FL-SZ-R", "经济舱", 30, "", 690, (("F-SZX", "09:45"),), (("F-YCU", "12:25"),)),
    Ride("FL-QZ-R", "经济舱", 30, "2 4 6 7", 620, (("F-JJN", "11:40"),), (("F-YCU", "14:10"),)),
)
# fmt: on
SUMMER_STANDS = {
    "上海市": ("R-SHHQ", "F-PVG"),
    "苏州市": ("R-SZB",),
    "金华市": ("R-YW",),
    "深圳市": ("R-SZN", "F-SZX"),
    "泉州市": ("R-QZ", "F-JJN"),
    "天津市": ("R-TJX",),
    "北京市": ("R-BJX",),
    "永济市": ("R-YJB", assembly("140881")),
}  # fmt: skip


def summer_offers(first: date, last: date) -> list[Row]:
    """Quotes of the summer: seats out and back, coaches and vans that take children to a station and from it."""
    coaches = [
        coach(f"{short}-{stand}-{seats}", f"{city}车队", seats, 3, stand, role, price=0.9)
        for city, stands in SUMMER_STANDS.items()
        for stand in stands
        for short, role in (("FD", "feeder"), ("LM", "last_mile"))
        for seats in (7, 19, 37)
    ]
    base = assembly("140881")
    coaches += [coach(f"LH-{base}-{seats}", "永济市长途车队", seats, 1, base, "trunk") for seats in (37, 45)]
    dates = {"from_date": first, "to_date": last}
    return [*(offer | dates for offer in coaches), *(ride(r, first, last) for r in SUMMER_RIDES)]
