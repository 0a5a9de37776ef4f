#!/usr/bin/env python3
"""Write the input files of Yuncheng's season of 2025 and of the children's journeys of its summer.

``python make_people.py [--out DIR]``; the same run writes the same bytes. README.md tells what is made up.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from made_up import write_roster, write_table  # noqa: E402 - the folders above have to be on the path first
from places import stops  # noqa: E402
from quotes import SEASON_RIDES, SUMMER_RIDES, SUMMER_STANDS, calls, season_offers, summer_offers  # noqa: E402
from register import registered, write_register  # noqa: E402
from season import FIRST, LAST, sign_up_list, to_other_stations  # noqa: E402
from stations import ALL_STATIONS, Site, county_stations, stations, with_headcounts  # noqa: E402
from summer import FIRST as SUMMER_FIRST  # noqa: E402
from summer import LAST as SUMMER_LAST  # noqa: E402
from summer import far_sites, home_sites, journeys  # noqa: E402


def sent(roster: list[dict[str, str]]) -> Counter[str]:
    """How many people go to each site."""
    return Counter(row["企业编号"] for row in roster)


def season(out: Path) -> list[Site]:
    """Register, sign-up list and quotes of the season; gives the 61 stations."""
    rng = Random(20250204)
    people = registered(rng, FIRST)
    write_register(out / "register.csv", people)
    sites = stations(rng)
    roster = sign_up_list(rng, people, sites)
    sign_ups(out, "workers", roster)
    write_table(out, "employers", with_headcounts(sites, sent(roster)))
    write_table(out, "stops", stops())
    write_table(out, "offers", season_offers(FIRST, LAST), more=["days"])
    write_table(out, "calls", calls(SEASON_RIDES))
    other_reading(out, sites, roster)
    return sites


def sign_ups(out: Path, file: str, roster: list[dict[str, str]]) -> None:
    title, made_on = "2025年春节后运城市外出务工人员报名表", date(2025, 2, 2)
    unit_line = f"填报单位：外出务工服务中心（样例）    填报日期：2025年2月2日    单位：人    合计：{len(roster)}"
    write_roster(out / f"{file}.xlsx", title, unit_line, made_on, roster)


def other_reading(out: Path, known: list[Site], roster: list[dict[str, str]]) -> None:
    """The same people to all of the 403 stations, of which the article names 61 by level."""
    rng = Random(403)
    sites = [*known, *county_stations(rng, ALL_STATIONS - len(known))]
    elsewhere = to_other_stations(roster, sites)
    sign_ups(out, "workers-403", elsewhere)
    write_table(out, "employers", with_headcounts(sites, sent(elsewhere)), file="employers-403")


def summer(out: Path, known: list[Site]) -> None:
    """The children's register and roster, where they are received, quotes out and back."""
    rng = Random(20250705)
    drawn = journeys(rng)
    sites = [*far_sites(rng, known), *home_sites(rng)]
    write_register(out / "register-summer.csv", drawn.people)
    title, unit_line = (
        "2025年暑期永济市“小候鸟”护送花名册",
        "填报单位：永济市外出务工人员服务中心（样例）    填报日期：2025年7月1日",
    )
    write_roster(out / "workers-summer.xlsx", title, unit_line, date(2025, 7, 1), drawn.rows)
    write_table(out, "employers", with_headcounts(sites, sent(drawn.rows)), file="employers-summer")
    used = {s for stands in SUMMER_STANDS.values() for s in stands} | {"F-YCU"}
    write_table(out, "stops", [s for s in stops() if s["stop_id"] in used], file="stops-summer")
    write_table(out, "offers", summer_offers(SUMMER_FIRST, SUMMER_LAST), file="offers-summer", more=["days"])
    write_table(out, "calls", calls(SUMMER_RIDES), file="calls-summer")


def main() -> None:
    """Write every file of the operation into ``--out`` (default: this folder)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE)
    out: Path = parser.parse_args().out
    summer(out, season(out))


if __name__ == "__main__":
    main()
