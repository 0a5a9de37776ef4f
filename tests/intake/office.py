"""An office's files, as small as they can be, to be damaged by each test in its own way."""

from __future__ import annotations

import csv
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from dispatch.config import Settings, load_settings
from dispatch.geo.datum import to_wgs84
from dispatch.geo.gazetteer import Gazetteer
from dispatch.intake.identity import with_check_digit
from dispatch.intake.read import read_inputs
from dispatch.model.demand import Inputs
from dispatch.model.notice import Notice, Severity

Row = dict[str, Any]


def nobody(born: str, county: str = "140829") -> str:
    """A sample ID number: sequence digits 000 are issued to nobody."""
    return with_check_digit(f"{county}{born}000")


def person(number: int, **cells: Any) -> Row:
    """A correct row of the roster, with other cells where the test says so."""
    return {
        "worker_id": f"W{number}",
        "name": f"示例{number}",
        "id_number": nobody(f"1990{number:02d}01"),
        "phone": f"1540000{number:04d}",
        "home": "山西省运城市平陆县圣人涧镇",
        "employer": "示例电子有限公司",
        "ready_from": "2026-02-26",
        "report_by": "2026-02-28",
    } | cells


class Office:
    """A workspace; ``tables`` are rows by column, written as .csv unless a test writes the file itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = "timezone: Asia/Shanghai\n"
        self.headings = ""
        self.horizon = date(2026, 2, 25), date(2026, 3, 1)
        # What the config says of an input in place of its file.
        self.raw: dict[str, str] = {}
        self.files = {t: f"{t}.csv" for t in ("workers", "employers", "stops", "offers")}
        self.tables: dict[str, list[Row]] = {
            "workers": [person(1), person(2)],
            "employers": [
                {"employer_id": "E1", "name": "示例电子有限公司", "city": "西安市", "lat": 34.2, "lon": 108.9}
            ],
            "stops": [
                {"stop_id": "S1", "name": "平陆集合点", "kind": "集合点", "lat": 34.84, "lon": 111.22},
                {"stop_id": "S2", "name": "运城北站", "kind": "火车站", "lat": 35.07, "lon": 111.0},
                {"stop_id": "S3", "name": "西安北站", "kind": "火车站", "lat": 34.38, "lon": 108.94},
            ],
            "offers": [self.coach(), self.train()],
        }

    @staticmethod
    def coach(**cells: Any) -> Row:
        return {
            "offer_id": "C1",
            "mode": "大巴",
            "basis": "包车",
            "seats": 37,
            "available": 2,
            "base_stop": "S1",
            "km_cost": 6.5,
        } | cells

    @staticmethod
    def train(**cells: Any) -> Row:
        ends = {"origin_stop": "S2", "destination_stop": "西安北站", "departs": "22:30", "arrives": "06:10+1"}
        return {
            "offer_id": "T1",
            "mode": "火车",
            "basis": "散票",
            "seats": 20,
            "available": 20,
            "seat_cost": 80,
            **ends,
        } | cells

    def path(self, table: str) -> Path:
        return self.folder / "data" / self.files[table]

    def settings(self) -> Settings:
        for name in ("configs", "data"):
            (self.folder / name).mkdir(exist_ok=True)
        said = {table: f"../data/{file}" for table, file in self.files.items()} | self.raw
        inputs = "\n".join(f"  {table}: {where}" for table, where in said.items())
        inputs += f"\n  headings: {self.headings}" if self.headings else ""
        config = self.folder / "configs" / "test.yaml"
        horizon = f"horizon: {{from: {self.horizon[0]}, to: {self.horizon[1]}}}"
        config.write_text(f"name: test\n{self.config}{horizon}\ninputs:\n{inputs}\n", "utf-8")
        return load_settings(config)

    def read(self) -> tuple[Inputs, tuple[Notice, ...]]:
        settings = self.settings()
        for table, rows in self.tables.items():
            if table in self.files and self.path(table).suffix == ".csv" and not self.path(table).exists():
                self.write_csv(table, rows)
        return self.read_with(settings)

    @staticmethod
    def read_with(settings: Settings) -> tuple[Inputs, tuple[Notice, ...]]:
        places = Gazetteer()
        return read_inputs(settings, places.resolve_all, partial(to_wgs84, settings.datum), places.suggest)

    def write_csv(self, table: str, rows: list[Row]) -> None:
        keys = list(dict.fromkeys(key for row in rows for key in row))
        with self.path(table).open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, keys, restval="")
            writer.writeheader()
            writer.writerows(rows)

    def write_xlsx(self, table: str, rows: list[list[Any]]) -> None:
        """Rows as they stand in the sheet, from its first."""
        self.files[table] = f"{table}.xlsx"
        self.settings()
        with Workbook(self.path(table), {"strings_to_formulas": False}) as book:
            sheet = book.add_worksheet("花名册")
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    sheet.write(i, j, cell)

    def errors(self) -> list[tuple[str, int, str, str]]:
        """Code, row, column and value of every error."""
        _, notices = self.read()
        return [(n.code, n.row, n.column, n.value) for n in notices if n.severity is Severity.ERROR]

    def warnings(self) -> list[tuple[str, int]]:
        """Code and row of every warning."""
        return [(n.code, n.row) for n in self.read()[1] if n.severity is Severity.WARNING]


CHINESE = ["序号", "姓名", "身份证号码", "联系电话", "乡（镇）", "行政村", "用工企业名称", "到岗日期", "备注"]


def chinese(number, **cells):
    row = dict(zip(CHINESE, [number, f"示例{number}", nobody(f"1990{number:02d}01"), 15400000001, "圣人涧镇", "示例村",
                             "示例电子有限公司", "2026.2.28", ""], strict=True))  # fmt: skip
    return list((row | cells).values())
