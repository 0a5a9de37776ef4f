"""A workspace small enough to plan in a second: twelve people, two factories, one coach offer, one train."""

import csv
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dispatch.cli import main

CONFIG = """\
name: tiny
inputs:
  workers: ../data/workers.csv
  employers: ../data/employers.csv
  stops: ../data/stops.csv
  offers: ../data/offers.csv
horizon: {from: 2026-02-26, to: 2026-03-02}
solver: {time_limit_s: 20, rounds: 200, seed: 1, threads: 1}
"""
EMPLOYERS = [
    "employer_id,name,city,district,lat,lon,headcount,receive_from,receive_to",
    "E1,苏州甲电子,苏州市,吴中区,31.27,120.63,6,00:00,23:59",
    "E2,苏州乙机械,苏州市,昆山市,31.38,120.95,6,00:00,23:59",
]
STOPS = [
    "stop_id,name,kind,city,district,lat,lon",
    "A1,洪洞县体育场,assembly,临汾市,洪洞县,36.25,111.67",
    "A2,霍州市客运站,coach_station,临汾市,霍州市,36.57,111.72",
    "R1,临汾西站,rail_station,临汾市,尧都区,36.08,111.45",
    "R2,苏州站,rail_station,苏州市,姑苏区,31.33,120.61",
]
OFFERS = [
    "offer_id,mode,basis,operator,vehicle,seats,seat_layout,available,from_date,to_date,base_stop,origin_stop,"
    "destination_stop,departs,arrives,fixed_cost,km_cost,hour_cost,seat_cost,min_passengers,role",
    "C1,coach,charter,临汾运输,37座客车,37,2+2,3,2026-02-26,2026-03-02,A1,,,,,900,4,0,0,1,any",
    "T1,train,ticket,铁路,G1,60,3+2,60,2026-02-26,2026-03-02,,R1,R2,09:00,17:00,0,0,0,420,0,trunk",
]
HEADINGS = ["worker_id", "name", "id_number", "phone", "home", "employer_id", "ready_from", "report_by", "party"]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(day: int) -> str:
    """A made-up ID of somebody born on a day of January 1990, sequence digits 000, right check digit."""
    body = f"141024199001{day:02d}000"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def person(n: int, **changes: str) -> dict[str, str]:
    """A row of the roster."""
    home = "山西省临汾市洪洞县大槐树镇" if n % 2 else "山西省临汾市霍州市"
    row = dict.fromkeys(HEADINGS, "") | {
        "worker_id": f"W{n}",
        "name": f"测试{chr(0x4E00 + n)}",
        "id_number": id_number(n),
    }
    row |= {"phone": f"154{n:08d}", "home": home, "employer_id": f"E{1 + n % 2}"}
    return row | {"ready_from": "2026-02-26", "report_by": "2026-03-01"} | changes


@dataclass
class Outcome:
    """How a call of the command ended."""

    code: int
    out: str
    err: str

    @property
    def facts(self) -> dict:
        return json.loads(self.out)


@dataclass
class Workspace:
    """A folder to run in; ``write`` must be called after changing its tables."""

    folder: Path
    capsys: pytest.CaptureFixture
    config_text: str = CONFIG
    tables: dict = field(default_factory=dict)
    people: list = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.folder / "configs" / "tiny.yaml"

    @property
    def out(self) -> Path:
        return self.folder / "out" / "tiny"

    def write(self) -> "Workspace":
        for part in ("configs", "data"):
            (self.folder / part).mkdir(exist_ok=True)
        self.config.write_text(self.config_text, "utf-8")
        for name, lines in self.tables.items():
            (self.folder / "data" / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
        with (self.folder / "data" / "workers.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, dict.fromkeys((*HEADINGS, *(key for row in self.people for key in row))))
            writer.writeheader()
            writer.writerows(self.people)
        return self

    def close_offers(self, last: str) -> None:
        """Let every offer end on this day."""
        self.tables["offers"][1:] = [line.replace("2026-03-02", last) for line in self.tables["offers"][1:]]

    def call(self, verb: str, *options: str) -> Outcome:
        """``dispatch VERB CONFIG OPTIONS`` in this process."""
        return self.dispatch(verb, str(self.config), *options)

    def dispatch(self, *args: str) -> Outcome:
        self.capsys.readouterr()
        umask = os.umask(0o022)
        try:
            with pytest.raises(SystemExit) as left:
                main(list(args))
        finally:
            os.umask(umask)
        streams = self.capsys.readouterr()
        return Outcome(left.value.code, streams.out, streams.err)

    def published(self) -> list[str]:
        """Files and folders of ``out`` and ``maps`` that are not the check's own lists."""
        made = sorted(p.name for p in self.out.iterdir()) if self.out.exists() else []
        maps = self.folder / "maps"
        lists = {"notices.csv", "rejected.csv"}
        return [name for name in made if name not in lists and "roster" not in name and "workers" not in name] + (
            [str(maps)] if maps.exists() and any(maps.iterdir()) else []
        )


@pytest.fixture
def workspace(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("DISPATCH_LANG", raising=False)
    monkeypatch.setenv("COLUMNS", "300")
    tables = {"employers": list(EMPLOYERS), "stops": list(STOPS), "offers": list(OFFERS)}
    return Workspace(tmp_path, capsys, CONFIG, tables, [person(n) for n in range(1, 13)]).write()
