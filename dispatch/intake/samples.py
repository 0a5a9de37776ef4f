"""The small operation that a new workspace comes with: three people who are nobody, two gates, three quotes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from dispatch.intake.identity import with_check_digit
from dispatch.intake.schema import Schema
from dispatch.language import Language

Value = str | float | tuple[str, str]
Row = Mapping[str, str | float]

# One line a row, in the order of the schema's columns; a pair is the Chinese and the English word.
_ANY, _LAST, _TRUNK = ("不限", "any"), ("末端", "last_mile"), ("干线", "trunk")
_COACH = ("大巴", "coach"), ("包车", "charter")
_TRAIN = ("火车", "train"), ("散票", "ticket")
_JOURNEY = "S2", "S3", "10:30", "12:00"
_ASSEMBLY, _RAIL = ("集合点", "assembly"), ("火车站", "rail_station")
_ROWS: dict[str, tuple[tuple[Value, ...], ...]] = {
    "employers": (
        ("E1", "示例电子有限公司", "西安市", "雁塔区", "示例路1号", 34.214, 108.948, 2, "08:00", "22:00", "接待处"),
        ("E2", "示例服装有限公司", "西安市", "未央区", "示例路2号", 34.293, 108.947, 1, "08:00", "18:00", "接待处"),
    ),
    "stops": (
        ("S1", "平陆县集合点", _ASSEMBLY, "运城市", "平陆县", 34.8376, 111.2172),
        ("S2", "运城北站", _RAIL, "运城市", "盐湖区", 35.067, 111.004),
        ("S3", "西安北站", _RAIL, "西安市", "未央区", 34.376, 108.939),
    ),
    "offers": (
        ("C1", *_COACH, "示例运业", "37座客车", 37, "2+2", 2, "", "", "S1", *[""] * 4, 800, 6.5, 40, 0, 0, _ANY, 3),
        ("C2", *_COACH, "示例公交", "19座客车", 19, "2+1", 2, "", "", "S3", *[""] * 4, 200, 4, 30, 0, 0, _LAST, 1),
        ("T1", *_TRAIN, "铁路", "二等座", 20, "3+2", 20, *[""] * 3, *_JOURNEY, 0, 0, 0, 70, 0, _TRUNK, 3),
    ),
}  # fmt: skip
_PEOPLE = (
    ("示例甲", "19880312", "圣人涧镇", "示例电子有限公司", "A"),
    ("示例乙", "19950724", "圣人涧镇", "示例电子有限公司", "A"),
    ("示例丙", "20011105", "张店镇", "示例服装有限公司", ""),
)


def sample_rows(schema: Schema, language: Language, first: date) -> list[Row]:
    """The rows of one of the four tables, by column; people may leave from ``first`` on."""
    if schema.name == "workers":
        return [_person(i, person, first) for i, person in enumerate(_PEOPLE, start=1)]
    keys = [c.key for c in schema.columns]
    return [{k: _word(v, language) for k, v in zip(keys, row, strict=False) if v != ""} for row in _ROWS[schema.name]]


def _word(value: Value, language: Language) -> str | float:
    return value[language == "en"] if isinstance(value, tuple) else value


def _person(number: int, person: tuple[str, str, str, str, str], first: date) -> Row:
    name, born, township, employer, party = person
    return {
        "worker_id": f"W{number}",
        "name": name,
        # Sequence digits 000 and prefix 154 are issued to nobody.
        "id_number": with_check_digit(f"140829{born}000"),
        "phone": f"1540000000{number}",
        "home": f"山西省运城市平陆县{township}",
        "employer": employer,
        "ready_from": first.isoformat(),
        "report_by": (first + timedelta(days=4)).isoformat(),
        "party": party,
    }
