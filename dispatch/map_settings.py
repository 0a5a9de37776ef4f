"""The section ``publish.map`` of the settings: what lies below the plan on its maps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

_AXES = ("{z}", "{x}", "{y}")
# What a content policy and an address of a picture both take as it stands.
_ADDRESS = re.compile(r"""https?://[A-Za-z0-9.-]+(:\d{1,5})?/[^\s"'<>\\^`{}]*""")


class MapSettings(BaseModel):
    """What the maps show below the plan: nothing, the tiles of a server, a ``boundary`` file of the user's own.

    ``tiles`` is ``none``, ``osm``, ``amap`` or the address of an own server with ``{z}``, ``{x}`` and ``{y}``, which
    needs an ``attribution`` and says in ``tiles_datum`` how it is shifted. ``boundary`` is GeoJSON in the operation's
    datum. With ``slider`` a map can be seen hour by hour.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tiles: str = "none"
    attribution: str = Field(default="", max_length=200)
    tiles_datum: Literal["wgs84", "gcj02"] = "wgs84"
    boundary: Path | None = None
    slider: bool = False

    @model_validator(mode="after")
    def _tiles_can_be_asked_for(self) -> MapSettings:
        if self.tiles in {"none", "osm", "amap"}:
            if self.attribution or self.tiles_datum != "wgs84":
                raise PydanticCustomError("attribution", "attribution and datum are those of the named server")
            return self
        plain = self.tiles
        for axis in _AXES:
            plain = plain.replace(axis, "0", 1)
        if len(plain) != len(self.tiles) - 2 * len(_AXES) or not _ADDRESS.fullmatch(plain):
            raise PydanticCustomError("tiles", "neither a known source of tiles nor an address of tiles")
        if not self.attribution.strip():
            raise PydanticCustomError("attribution", "an own server needs an attribution")
        return self
