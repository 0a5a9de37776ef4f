"""A new workspace: workbooks to fill in, each with its headings explained, and sample people who are nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from dispatch.errors import StorageError
from dispatch.intake.employers import EMPLOYERS
from dispatch.intake.offers import OFFERS
from dispatch.intake.samples import Row, sample_rows
from dispatch.intake.schema import Schema
from dispatch.intake.stops import STOPS
from dispatch.intake.workers import WORKERS
from dispatch.language import Language, text

NAME = "example"
DAYS = 6
# Drop-down lists and text format reach this far down, beyond any township's roster.
_FORMATTED_ROWS = 5000
# Columns that a file may have and the template does without, as it has another for the same.
_LEFT_OUT = frozenset(
    {
        "receive_hours",
        "home_province",
        "home_city",
        "home_county",
        "home_township",
        "home_village",
        "home_lat",
        "home_lon",
        "sex",
        "age",
        "birth",
    }
)

_CHOICES: dict[tuple[str, str], dict[Language, tuple[str, ...]]] = {
    ("workers", "modes_barred"): {"zh": ("大巴", "火车", "飞机"), "en": ("coach", "train", "flight")},
    ("offers", "mode"): {"zh": ("大巴", "火车", "飞机"), "en": ("coach", "train", "flight")},
    ("offers", "basis"): {"zh": ("包车", "包列", "包机", "团体票", "散票"), "en": ("charter", "allotment", "ticket")},
    ("offers", "role"): {"zh": ("不限", "接驳", "干线", "末端"), "en": ("any", "feeder", "trunk", "last_mile")},
    ("stops", "kind"): {
        "zh": ("集合点", "客运站", "火车站", "机场", "服务站", "厂门", "住址"),
        "en": ("assembly", "coach_station", "rail_station", "airport", "service_station", "gate", "home"),
    },
    ("employers", "kind"): {"zh": ("厂门", "服务站", "住址"), "en": ("gate", "service_station", "home")},
}


def write_templates(folder: Path, language: Language, first: date) -> list[Path]:
    """Write ``configs/example.yaml`` and ``data/example/*.xlsx`` under ``folder``: a small operation from ``first`` on.

    Raises ``StorageError`` rather than replace a file, and where the folder cannot be written.
    """
    data = folder / "data" / NAME
    config = folder / "configs" / f"{NAME}.yaml"
    books = {schema: data / f"{schema.name}.xlsx" for schema in (WORKERS, EMPLOYERS, STOPS, OFFERS)}
    for path in (config, *books.values()):
        if path.exists():
            raise StorageError(text(language, "intake.template.exists", file=path))
    try:
        for parent in (config.parent, data):
            parent.mkdir(parents=True, exist_ok=True)
        config.write_text(_config(language, first), "utf-8")
        for schema, path in books.items():
            _write(path, schema, sample_rows(schema, language, first), language)
    except OSError as error:
        raise StorageError(text(language, "intake.template.unwritable", file=folder, reason=error)) from error
    return [config, *books.values()]


def _config(language: Language, first: date) -> str:
    inputs = "\n".join(
        f"  {table}: ../data/{NAME}/{table}.xlsx" for table in ("workers", "employers", "stops", "offers")
    )
    return f"""{text(language, "intake.template.config")}
name: {NAME}
timezone: Asia/Shanghai
datum: wgs84
inputs:
{inputs}
{text(language, "intake.template.config.horizon")}
horizon:
  from: "{first}"
  to: "{first + timedelta(days=DAYS)}"
solver:
  time_limit_s: 10
  seed: 1
publish:
  language: {language}
"""


def _write(path: Path, schema: Schema, rows: Sequence[Row], language: Language) -> None:
    keys = [
        c.key for c in schema.columns if c.key not in _LEFT_OUT and (schema is not WORKERS or c.key != "employer_id")
    ]
    headings = [schema.label(key, language) for key in keys]
    with Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(text(language, f"intake.template.sheet.{schema.name}"))
        title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        sheet.merge_range(0, 0, 0, len(keys) - 1, text(language, f"intake.template.title.{schema.name}"), title)
        _write_rows(book, sheet, keys, headings, rows)
        _restrict(sheet, schema.name, keys, language)
        _explain(book, schema, list(zip(keys, headings, strict=True)), language)


def _write_rows(book: Any, sheet: Any, keys: Sequence[str], headings: Sequence[str], rows: Sequence[Row]) -> None:  # noqa: ANN401
    head = book.add_format({"bold": True, "bg_color": "#D9E1F2", "border": 1, "align": "center"})
    # Text format keeps ID numbers and telephone numbers as they are typed.
    as_typed = book.add_format({"num_format": "@"})
    sheet.set_row(0, 28)
    for j, (key, heading) in enumerate(zip(keys, headings, strict=True)):
        sheet.set_column(j, j, max(10, 2 * len(heading) + 2, *(2 + len(str(r.get(key, ""))) for r in rows)), as_typed)
        sheet.write_string(1, j, heading, head)
        for i, row in enumerate(rows, start=2):
            if key in row:
                sheet.write(i, j, row[key])
    sheet.freeze_panes(2, 0)


def _restrict(sheet: Any, table: str, keys: Sequence[str], language: Language) -> None:  # noqa: ANN401
    for j, key in enumerate(keys):
        if (table, key) in _CHOICES:
            words = list(_CHOICES[table, key][language])
            sheet.data_validation(2, j, _FORMATTED_ROWS, j, {"validate": "list", "source": words})


def _explain(book: Any, schema: Schema, columns: Sequence[tuple[str, str]], language: Language) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(text(language, "intake.template.explanation"))
    head = book.add_format({"bold": True, "bg_color": "#D9E1F2"})
    needed = {key for group in schema.missing(()) for key in group}
    for j, (part, width) in enumerate((("heading", 22), ("required", 12), ("meaning", 70))):
        sheet.set_column(j, j, width)
        sheet.write_string(0, j, text(language, f"intake.template.{part}"), head)
    for i, (key, heading) in enumerate(columns, start=1):
        sheet.write_string(i, 0, heading)
        sheet.write_string(i, 1, text(language, f"intake.template.{'yes' if key in needed else 'no'}"))
        sheet.write_string(i, 2, text(language, f"intake.column.{schema.name}.{key}"))
