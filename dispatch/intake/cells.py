"""Raw cells to values: each function takes what a spreadsheet may hold and gives one value or raises ``ValueError``."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import repeat
from typing import Any, TypeVar

from lunar_python import Lunar

from dispatch.intake.reader import Cell
from dispatch.model.units import DAY_MIN, fen

_E = TypeVar("_E", bound=StrEnum)
_R = TypeVar("_R", bound=Callable[[Any], str])

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\t\r\n \u3000\xa0'"
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff])\s+(?=[\u3400-\u9fff\U00020000-\U0003ffff])")
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})()")
_YMD = re.compile(
    r"(?:(\d{4})\s*[-/.年])?\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[T\s]+(\d{1,2}:\d{2})(?::00)?)?"
)
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?")
_LUNAR = re.compile(
    r"(?:农历|阴历)?(闰?)(正|冬|腊|十[一二]|[一二三四五六七八九十])月"
    r"(初[一二三四五六七八九十]|(?:[二三]?十|廿)[一二三四五六七八九]?|[二三]十)[日号]?"
)
# Chinese numerals of a day of the solar calendar, as its 日 says; lunar days say 初 or 廿, or their month 正, 冬, 腊.
_SOLAR = re.compile(r"(十[一二]|[一二三四五六七八九十])月([二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]")
# A number that was typed as month and day; 3.1 was the first or, without its 0, the tenth.
_LOST_ZERO = re.compile(r"\d{1,2}\.[123]")
_CLOCK = re.compile(r"(次日|第二天|翌日)?(\d{1,2})[:时点](\d{2})?分?(?::00)?(?:\s*\+\s*(\d))?")
EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's clock has no zone
_DIGITS = "一二三四五六七八九十"
# No vehicle, price, headcount or day is as large; larger numbers are slips, and would not fit the plan's arrays.
MOST = 1e9
# How far a date without a year may lie from the horizon in a year before or after it.
_HALF_YEAR = timedelta(days=183)


def as_text(value: Cell) -> str:
    """A cell as its reader sees it: no invisible characters at the ends, whole numbers without ``.0``."""
    if isinstance(value, str):
        return value.strip(_INVISIBLE)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date | time) else str(value)


def all_texts(cells: list[Any]) -> list[str]:
    """Many cells as ``as_text`` reads them."""
    try:
        return list(map(str.strip, cells, repeat(_INVISIBLE)))
    except TypeError:  # not all are text
        return list(map(as_text, cells))


# Tests of readings by which a text, or several that are joined, is seen to hold nothing to be read otherwise.
_STAYS: dict[object, tuple[Callable[[str], object], int]] = {}


def stays(test: Callable[[str], object], length: int = 0) -> Callable[[_R], _R]:
    """Marks a reading that leaves a text of ``as_text`` as it is where each of its characters passes a test; with a
    ``length`` only texts of so many characters, and the test is of several of them that are joined.
    """

    def marked(how: _R) -> _R:
        _STAYS[how] = test, length
        return how

    return marked


def leaves(how: Callable[[Cell], str], texts: list[str]) -> bool:
    """Whether it is seen of all together that ``how`` leaves some texts of ``as_text`` as they are."""
    if how not in _STAYS:
        return False
    test, length = _STAYS[how]
    return (not length or set(map(len, texts)) == {length}) and bool(test("".join(texts)))


@stays(str.isascii)
def as_code(value: Cell) -> str:
    """An identifier: as text, full-width letters and digits made plain."""
    text = as_text(value)
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


@stays(lambda text: text.split(None, 1) == [text])
def as_name(value: Cell) -> str:
    """A name: blanks between Chinese characters (张　三) removed, rare characters untouched."""
    return _BETWEEN_HAN.sub("", as_text(value))


def match_key(name: str) -> str:
    """What two spellings of one name share: width, brackets, blanks and case do not count."""
    return re.sub(r"[\s()\[\]【】·.,，。]", "", unicodedata.normalize("NFKC", name)).casefold()


def as_number(value: Cell, most: float = MOST) -> float:
    """A number that is not negative and at most ``most``."""
    number = float(
        as_code(value).replace(",", "").rstrip("元人座辆年km公里") if isinstance(value, str) else as_text(value)
    )
    if not 0 <= number <= most:
        raise ValueError(value)
    return number


def as_count(value: Cell) -> int:
    """A whole number of 0 or more."""
    number = as_number(value)
    if not number.is_integer():
        raise ValueError(value)
    return int(number)


def as_money(value: Cell) -> int:
    """An amount in CNY as fen."""
    return fen(as_number(value))


def as_degrees(value: Cell) -> float:
    """A coordinate in degrees, of either sign."""
    number = float(as_code(value).rstrip("°NEne"))
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def as_minute(value: Cell) -> int:
    """Minutes after midnight of a clock time, a day more for each ``+1``: ``06:30+1`` is 1830, ``24:00`` is 1440."""
    if isinstance(value, datetime | time):
        return value.hour * 60 + value.minute
    if isinstance(value, timedelta) and value >= timedelta():
        return round(value.total_seconds() / 60)
    if isinstance(value, float | int):
        return _of_fraction(value)
    return _clock(as_code(value))


def _of_fraction(days: float) -> int:
    """Minutes of a spreadsheet's time, a fraction of a day; 9, 630, 9.3 and 1.15 are hours that somebody typed."""
    typed = round(days, 2) == days and days not in {0, 0.25, 0.5, 0.75}
    if typed or not 0 <= days < 2:
        raise ValueError(days)
    return round(days * DAY_MIN)


def _clock(text: str) -> int:
    match = _CLOCK.fullmatch(text)
    if not match:
        raise ValueError(text)
    next_day, hour, minute, days = match.groups()
    if int(minute or 0) > 59 or int(hour) * 60 + int(minute or 0) > DAY_MIN:
        raise ValueError(text)
    return int(hour) * 60 + int(minute or 0) + DAY_MIN * (int(days or 0) + bool(next_day))


def as_day_minute(value: Cell) -> int:
    """Minutes after midnight of a daily hour; 24:00 is the last."""
    minute = as_minute(value)
    if not 0 <= minute <= DAY_MIN:
        raise ValueError(value)
    return minute


def as_span(value: Cell) -> tuple[int, int]:
    """Two daily hours in one cell: 08:00-18:00, 8:00至18:00."""
    opens, closes = re.split(r"[-~–—至到]+", as_code(value).replace(" ", ""))
    return as_day_minute(opens), as_day_minute(closes)


@dataclass(frozen=True, slots=True)
class _Years:
    """Which year a date without one has: that which brings it nearest to ``first`` … ``last``, none before ``since``.

    Beside the years of ``first`` and ``last`` those next to them count, for days within half a year.
    """

    first: date
    last: date
    since: date

    def choose(self, day_of: Callable[[int], datetime | None]) -> datetime:
        """The day meant among those that ``day_of`` gives for a year; raises ``ValueError`` where there is none."""
        days = [day for year in range(self.first.year - 1, self.last.year + 2) if (day := day_of(year))]
        near = [day for day in days if self._own(day.year) or self._away(day) <= _HALF_YEAR]
        if not near:
            raise ValueError("no such day")
        return min([day for day in near if day.date() >= self.since] or near, key=self._away)

    def _own(self, year: int) -> bool:
        return self.first.year <= year <= self.last.year

    def _away(self, day: datetime) -> timedelta:
        return max(self.first - day.date(), day.date() - self.last, timedelta())


def moments(first: date, last: date, since: date = date.min) -> Callable[[Cell], datetime]:
    """A parser of dates and date-times, naive local; a date without a year is the one nearest to first … last, and
    not before ``since`` where there is a later one.
    """
    years = _Years(first, last, since)

    def parse(value: Cell) -> datetime:
        if isinstance(value, datetime):
            return value.replace(tzinfo=None)
        if isinstance(value, date):
            return datetime.combine(value, time())
        text = as_code(value)
        if isinstance(value, float) and _LOST_ZERO.fullmatch(text):
            raise ValueError(text)
        if _SERIAL.fullmatch(text):
            return EXCEL_EPOCH + timedelta(minutes=round(float(text) * DAY_MIN))
        if match := _COMPACT.fullmatch(text) or _YMD.fullmatch(text):
            return _solar(match, years)
        if match := _SOLAR.fullmatch(text):
            month, day = map(_chinese, match.groups())
            return years.choose(lambda year: _if_valid(year, month, day))
        if match := _LUNAR.fullmatch(text):
            return _lunar(match, years)
        raise ValueError(text)

    return parse


def _solar(match: re.Match[str], years: _Years) -> datetime:
    year, month, day, clock = match.groups()
    minute = timedelta(minutes=_clock(clock) if clock else 0)
    if year:
        return datetime(int(year), int(month), int(day)) + minute  # noqa: DTZ001
    return years.choose(lambda year: _if_valid(year, int(month), int(day))) + minute


def _if_valid(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day)  # noqa: DTZ001
    except ValueError:
        return None


def _lunar(match: re.Match[str], years: _Years) -> datetime:
    leap, month, day = match.groups()
    number = {"正": 1, "冬": 11, "腊": 12}.get(month) or _chinese(month)
    return years.choose(lambda year: _solar_of(year, -number if leap else number, _chinese(day)))


def _solar_of(year: int, month: int, day: int) -> datetime | None:
    try:
        solar = Lunar.fromYmd(year, month, day).getSolar()
    except Exception:  # noqa: BLE001 - the library raises bare Exception for a day that a lunar month lacks
        return None
    return datetime(solar.getYear(), solar.getMonth(), solar.getDay())  # noqa: DTZ001


def _chinese(text: str) -> int:
    """初二, 十二, 廿二, 二十 as numbers up to 39."""
    tens, _, units = text.removeprefix("初").replace("廿", "二十").rpartition("十")
    if "十" not in text.replace("廿", "二十") or text == "初十":
        return _DIGITS.index(text.removeprefix("初")) + 1
    return 10 * (_DIGITS.index(tens) + 1 if tens else 1) + (_DIGITS.index(units) + 1 if units else 0)


def choice(kinds: type[_E], words: Mapping[str, _E]) -> Callable[[Cell], _E]:
    """A parser of an enumeration: its own values, or Chinese words for them."""

    def parse(value: Cell) -> _E:
        text = as_code(value).casefold()
        return words[text] if text in words else kinds(text.replace(" ", "_").replace("-", "_"))

    return parse


_YES = frozenset({"yes", "y", "true", "1", "是", "可", "有", "√"})
_NO = frozenset({"no", "n", "false", "0", "否", "不", "无", "×"})


def as_bool(value: Cell) -> bool:
    """Yes or no, 是 or 否."""
    text = as_code(value).casefold()
    if text not in _YES | _NO:
        raise ValueError(value)
    return text in _YES


Parser = Callable[[Cell], Any]
