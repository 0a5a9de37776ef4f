"""The settings of one operation: frozen, one section per room, unknown keys refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class InputPaths(_Section):
    """Files to read, relative to the config."""

    workers: Path
    employers: Path
    stops: Path
    offers: Path
    calls: Path | None = None
    travel_times: Path | None = None


class Horizon(_Section):
    """First and last day on which anybody may travel."""

    from_date: Annotated[date, Field(alias="from")]
    to_date: Annotated[date, Field(alias="to")]


class DrivePolicy(_Section):
    """``drive.*`` rules in minutes, kilometres and clock times (DOMAIN: rules)."""

    continuous_min: int = Field(240, gt=0)
    continuous_night_min: int = Field(120, gt=0)
    rest_min: int = Field(20, gt=0)
    night_from: str = "22:00"
    night_to: str = "06:00"
    daily_min: int = Field(480, gt=0)
    weekly_min: int = Field(2640, gt=0)
    curfew_from: str = "02:00"
    curfew_to: str = "05:00"
    curfew_exempt_km: float = Field(200, ge=0)
    second_driver_km: float = Field(400, gt=0)
    swap_min: int = Field(5, ge=0)


class CoachPolicy(_Section):
    """``coach.*`` rules."""

    long_haul_warning_km: float = Field(800, gt=0)
    dwell_min: int = Field(5, ge=0)


class ConnectPolicy(_Section):
    """``connect.min`` in minutes."""

    coach_to_rail_min: int = Field(60, ge=0)
    coach_to_air_min: int = Field(120, ge=0)
    rail_to_coach_min: int = Field(30, ge=0)
    air_to_coach_min: int = Field(45, ge=0)


class LoadPolicy(_Section):
    """``load.cap``: share of the seats that may be filled."""

    cap: float = Field(1.0, gt=0, le=1)


class TravelPolicy(_Section):
    """The estimate of road travel: great circle times ``detour``, ``fast_kmh`` on legs whose great circle exceeds ``fast_over_km``, else ``slow_kmh``."""

    detour: float = Field(1.25, ge=1)
    fast_kmh: float = Field(75, gt=0)
    slow_kmh: float = Field(45, gt=0)
    fast_over_km: float = Field(60, ge=0)


class PeoplePolicy(_Section):
    """Whom the tool carries without a guardian."""

    min_age: int = Field(16, ge=0)
    max_age: int = Field(65, ge=0)


class Policy(_Section):
    """One section per rule family, each number with its default."""

    access_max_km: float = Field(40, ge=0)
    coach_base_km: float = Field(150, ge=0)
    feeder_max_km: float = Field(400, ge=0)
    drive: DrivePolicy = DrivePolicy()
    coach: CoachPolicy = CoachPolicy()
    connect: ConnectPolicy = ConnectPolicy()
    load: LoadPolicy = LoadPolicy()
    travel: TravelPolicy = TravelPolicy()
    people: PeoplePolicy = PeoplePolicy()


class Objective(_Section):
    """Lexicographic tiers and the price of an hour of a passenger's time in CNY."""

    tiers: tuple[Literal["unserved", "generalised_cost", "splits", "night_arrivals"], ...] = ("unserved", "generalised_cost")
    value_of_time_per_hour: float = Field(15, ge=0)


class Solver(_Section):
    """Limits of the search. ``rounds`` > 0 ends it after so many rounds, which is reproducible; a time limit is not."""

    time_limit_s: float = Field(60, gt=0)
    rounds: int = Field(0, ge=0)
    gap: float = Field(0.0, ge=0, lt=1)
    seed: int = 1
    threads: int = Field(2, ge=1)
    engine: Literal["local", "dask"] = "local"


class Publish(_Section):
    """What is written, for whom it is masked, in which language."""

    language: Literal["zh", "en"] = "zh"
    mask: bool = True
    formats: tuple[Literal["xlsx", "csv", "pdf", "html", "ics"], ...] = ("xlsx", "csv", "html", "ics")


class Settings(_Section):
    """A whole ``configs/NAME.yaml``. ``path`` is the file it came from; relative input paths start at its folder."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$")
    path: Path
    sha256: str
    timezone: str = "Asia/Shanghai"
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    inputs: InputPaths
    horizon: Horizon
    policy: Policy = Policy()
    objective: Objective = Objective()
    solver: Solver = Solver()
    publish: Publish = Publish()

    @property
    def workspace(self) -> Path:
        """The folder that holds ``configs/``, ``data/``, ``out/`` and ``maps/``."""
        return self.path.resolve().parent.parent

    @property
    def out(self) -> Path:
        """Where a run writes: ``out/NAME``."""
        return self.workspace / "out" / self.name

    @property
    def maps(self) -> Path:
        """Where the maps go: ``maps/NAME``."""
        return self.workspace / "maps" / self.name
