"""Money, places and times: the units every other noun is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

EARTH_RADIUS_M = 6_371_008.8
DAY_MIN = 1440


def fen(yuan: str | int | float | Decimal) -> int:
    """Integer fen of an amount in CNY, rounded half up; raises ``decimal.InvalidOperation`` on text that is no
    number.
    """
    return int((Decimal(str(yuan)) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def yuan_text(amount_fen: int) -> str:
    """CNY with two decimals: ``-1205`` becomes ``-12.05``."""
    sign, rest = ("-", -amount_fen) if amount_fen < 0 else ("", amount_fen)
    return f"{sign}{rest // 100}.{rest % 100:02d}"


@dataclass(frozen=True, slots=True)
class Position:
    """A WGS-84 point in degrees."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise ValueError(f"position ({self.lat}, {self.lon}) is not on the globe; are lat and lon swapped?")


def great_circle_m(a: Position, b: Position) -> float:
    """Great-circle metres between two points by the haversine formula (sphere of mean Earth radius)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    d_lat, d_lon = lat_b - lat_a, math.radians(b.lon - a.lon)
    h = math.sin(d_lat / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(d_lon / 2) ** 2
    return EARTH_RADIUS_M * 2 * math.asin(min(1.0, math.sqrt(h)))


@dataclass(frozen=True, slots=True)
class DailyHours:
    """Hours in which a place receives people each day, minutes after local midnight; ``opens > closes`` spans
    midnight.
    """

    opens_min: int
    closes_min: int

    def __post_init__(self) -> None:
        if not (0 <= self.opens_min < DAY_MIN and 0 <= self.closes_min <= DAY_MIN):
            raise ValueError(f"daily hours {self.opens_min}-{self.closes_min} lie outside a day")

    @property
    def always(self) -> bool:
        """Open round the clock (00:00-23:59 and 00:00-24:00 both mean it)."""
        return self.opens_min == 0 and self.closes_min >= DAY_MIN - 1

    def contains(self, minute: int) -> bool:
        """Whether a minute counted from any local midnight falls inside."""
        if self.always:
            return True
        m = minute % DAY_MIN
        if self.opens_min <= self.closes_min:
            return self.opens_min <= m <= self.closes_min
        return m >= self.opens_min or m <= self.closes_min

    def next_open(self, minute: int) -> int:
        """The first minute at or after ``minute`` that falls inside."""
        if self.contains(minute):
            return minute
        return minute + (self.opens_min - minute) % DAY_MIN

    def previous_open(self, minute: int) -> int:
        """The last minute at or before ``minute`` that falls inside."""
        if self.contains(minute):
            return minute
        return minute - (minute - self.closes_min) % DAY_MIN
