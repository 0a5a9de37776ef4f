"""What is asked of the maps beyond the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Degrees = npt.NDArray[np.float64]
TileDatum = Literal["wgs84", "gcj02"]
FromWgs84 = Callable[[TileDatum, Degrees, Degrees], tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class MapOrder:
    """``trips`` get a map each. ``from_wgs84(datum, lat, lon)`` moves points to where shifted tiles show them; without
    it no map with such tiles can be drawn.
    """

    trips: tuple[str, ...] = ()
    from_wgs84: FromWgs84 | None = None
