"""What lies below the plan: nothing, the tiles of a server in that server's datum, the user's boundary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import numpy as np
from markupsafe import Markup

from dispatch.map_settings import MapSettings
from dispatch.model.units import Position
from dispatch.publish.map_order import FromWgs84, TileDatum
from dispatch.publish.maps.markup import encoded
from dispatch.publish.maps.shapes import Feature


@dataclass(frozen=True, slots=True)
class Tiles:
    """A source of tiles: its address with ``{z}``, ``{x}`` and ``{y}``, whom it credits, and its datum.

    ``terms`` is a page that the credit has to lead to, empty where none has.
    """

    url: str
    attribution: str
    datum: TileDatum = "wgs84"
    terms: str = ""

    @property
    def server(self) -> str:
        """Scheme and host, which is all of the network that a page with these tiles may ask."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def credit(self) -> Markup:
        """The attribution as markup that is nothing but its text, and a link where there are terms."""
        said = encoded(self.attribution)
        return Markup('<a href="{}">{}</a>').format(self.terms, said) if self.terms else said


_NAMED = {
    "osm": Tiles(
        "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        "© OpenStreetMap contributors",
        terms="https://www.openstreetmap.org/copyright",
    ),
    "amap": Tiles(
        "https://webrd01.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}",
        "© 高德地图 AutoNavi",
        "gcj02",
    ),
}


@dataclass(frozen=True, slots=True)
class Ground:
    """Tiles, the boundary as (lat, lon) pairs, and the way from WGS-84 to where the tiles show a point."""

    tiles: Tiles | None = None
    boundary: Sequence[Sequence[tuple[float, float]]] = ()
    from_wgs84: FromWgs84 | None = None

    @classmethod
    def of(cls, chosen: MapSettings, boundary: Iterable[Sequence[Position]], from_wgs84: FromWgs84 | None) -> Ground:
        """The ground of the settings; raises ``ValueError`` for shifted tiles without a way to shift points."""
        tiles = None
        if chosen.tiles != "none":
            own = Tiles(chosen.tiles, chosen.attribution, chosen.tiles_datum)
            tiles = _NAMED.get(chosen.tiles, own)
        if tiles and tiles.datum != "wgs84" and from_wgs84 is None:
            raise ValueError(f"tiles in {tiles.datum} need from_wgs84")
        ground = cls(tiles, (), from_wgs84)
        return replace(ground, boundary=[ground._moved([(p.lat, p.lon) for p in line]) for line in boundary])

    def under(self, features: list[Feature]) -> list[Feature]:
        """The features with their points where the tiles show them."""
        return [feature | {"geometry": self._placed(feature["geometry"])} for feature in features]

    def _placed(self, geometry: Feature) -> Feature:
        alone = geometry["type"] == "Point"
        points = [geometry["coordinates"]] if alone else geometry["coordinates"]
        moved = [[lon, lat] for lat, lon in self._moved([(lat, lon) for lon, lat in points])]
        return geometry | {"coordinates": moved[0] if alone else moved}

    def _moved(self, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        if self.tiles is None or self.tiles.datum == "wgs84" or self.from_wgs84 is None:
            return points
        lats, lons = self.from_wgs84(self.tiles.datum, *np.array(points, float).T)
        rounded: list[tuple[float, float]] = np.column_stack((lats, lons)).round(5).tolist()
        return rounded
