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
from quotes import SEASON_RIDES, calls, season_offers  # noqa: E402
from register import registered, write_register  # noqa: E402
from season import FIRST, LAST, sign_up_list  # noqa: E402
from stations import stations, with_headcounts  # noqa: E402


def sent(roster: list[dict[str, str]]) -> Counter[str]:
    """How many people go to each site."""
    return Counter(row["企业编号"] for row in roster)


def season(out: Path) -> None:
    """Register, sign-up list and quotes of the season; the same list for 403 stations."""
    rng, made_on = Random(20250204), date(2025, 2, 2)
    people = registered(rng, FIRST)
    write_register(out / "register.csv", people)
    sites = stations(rng)
    roster = sign_up_list(rng, people, sites)
    title, unit = "2025年春节后运城市外出务工人员报名表", f"填报单位：外出务工服务中心（样例）    合计：{len(roster)}"
    write_roster(out / "workers.xlsx", title, unit, made_on, roster)
    write_table(out, "employers", with_headcounts(sites, sent(roster)))
    write_table(out, "stops", stops())
    write_table(out, "offers", season_offers(FIRST, LAST), more=["days"])
    write_table(out, "calls", calls(SEASON_RIDES))


def main() -> None:
    """Write every file of the operation into ``--out`` (default: this folder)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE)
    out: Path = parser.parse_args().out
    season(out)


if __name__ == "__main__":
    main()
