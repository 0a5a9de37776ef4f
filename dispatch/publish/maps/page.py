"""A folium map as one file: Leaflet inlined, no random ids, nothing asked of any network but tiles that were chosen."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar

import folium
from branca.element import Element, Figure
from folium.map import FitBounds
from folium.template import Template
from folium.utilities import JsCode
from jinja2.utils import htmlsafe_json_dumps

from dispatch.publish.maps.ground import Ground
from dispatch.publish.maps.listing import Listing
from dispatch.publish.maps.shapes import THICKER, THINNEST, Feature
from dispatch.publish.pages import page_text, render, stamp
from dispatch.publish.privacy import Audience
from dispatch.publish.view import View

# Without tiles Leaflet knows no limit of zooming; 17 shows one factory gate.
MAX_ZOOM = 17


class _Page(Figure):  # type: ignore[misc]
    """The document around a map. Its parts are text by now: the template fills them in and interprets none of them."""

    _template = Template(
        "{{ this.before }}{{ this.header.render() }}{{ this.between }}{{ this.html.render() }}{{ this.below }}"
        "<script>\n{{ this.script.render() }}\n</script>{{ this.after }}"
    )

    def __init__(self, frame: str) -> None:
        super().__init__()
        self._id = "page"
        self.before, self.between, self.below, self.after = frame.split("<!--part-->")


class _OfflineMap(folium.Map):  # type: ignore[misc]
    """folium names its libraries by their address on delivery networks; here they are in the page already."""

    default_js: ClassVar[list[tuple[str, str]]] = []
    default_css: ClassVar[list[tuple[str, str]]] = []


class _Script(Element):  # type: ignore[misc]
    """A script as it stands: not a template, so that nothing in it is expanded."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self._id, self.code = "behaviour", code

    def render(self, **_: object) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Drawing:
    """What one map shows. ``kinds`` are (value, label, colour) of the layers, ``days`` (ISO date, label) to filter by,
    ``hours`` the days of the slider, ``widths`` (people, pixels) and ``marks`` (colour, label) the rest of the legend.

    With ``most``, the people of the widest line, widths follow the people shown.
    """

    title: str
    lead: str
    routes: list[Feature]
    points: list[Feature]
    listings: tuple[Listing, ...]
    kinds: list[tuple[str, str, str]]
    days: list[tuple[str, str]] = field(default_factory=list)
    hours: list[str] = field(default_factory=list)
    most: int = 0
    widths: list[tuple[int, float]] = field(default_factory=list)
    marks: list[tuple[str, str]] = field(default_factory=list)


def map_page(view: View, drawing: Drawing, ground: Ground, travel: str) -> str:
    """The HTML of a map with one layer of routes and one of places, and the same as tables below it."""
    frame = render(
        "maps/map.html",
        view,
        "maps",
        drawing=drawing,
        ground=ground,
        travel=travel,
        stamp=stamp(view, Audience.PUBLIC),
        leaflet=_leaflet(),
    )
    page = _Page(frame)
    canvas = _OfflineMap(tiles=None, zoom_control=False, maxZoom=MAX_ZOOM, zoomSnap=0.25)
    canvas._id = "drawing"
    page.add_child(canvas)
    routes, points = (ground.under(features) for features in (drawing.routes, drawing.points))
    layers = [_layer("routes", routes), _layer("points", points)]
    for layer in (*_tiles(ground), *layers):
        canvas.add_child(layer)
    canvas.fit_bounds(_bounds(points))
    for child in canvas._children.values():
        child._id = "view" if isinstance(child, FitBounds) else child._id
    names = ", ".join(element.get_name() for element in (canvas, *layers))
    behaviour = (files("dispatch.publish.maps") / "map.js").read_text("utf-8")
    told = htmlsafe_json_dumps(_behaviour(view, drawing, ground))
    page.script.add_child(_Script(f"{behaviour}\nshowPlan({names}, {told});\n"), name="behaviour")
    # Rendered twice: the first time the children put their scripts behind the one added above.
    return _in_order(page)


def _behaviour(view: View, drawing: Drawing, ground: Ground) -> dict[str, Any]:
    """What the script has to know beside the features."""
    t = page_text(view.language, "maps")
    return {
        "most": drawing.most,
        "thinnest": THINNEST,
        "thicker": THICKER,
        "hours": drawing.hours,
        "tiles": ground.tiles is not None,
        "boundary": ground.boundary,
        "words": {key: t(f"words.{key}") for key in ("title", "zoom_in", "zoom_out", "close", "all", "play", "pause")}
        | {"hour": t("words.hour", day="%d", hour="%h", people="%p")},
    }


def _tiles(ground: Ground) -> Iterator[folium.TileLayer]:
    """The layer of tiles, if any: paler than the plan. A server learns the page's host where there is one, no path."""
    if ground.tiles:
        layer = folium.TileLayer(
            ground.tiles.url,
            attr=str(ground.tiles.credit),
            control=False,
            max_zoom=MAX_ZOOM,
            opacity=0.6,
            referrer_policy="origin",
        )
        layer._id = "tiles"
        yield layer


def _in_order(page: _Page) -> str:
    page.render()
    page.script._children.move_to_end("behaviour")
    return str(page.render())


def _layer(name: str, features: Iterable[Feature]) -> folium.GeoJson:
    data = {"type": "FeatureCollection", "features": list(features)}
    layer = folium.GeoJson(data, marker=folium.CircleMarker(), on_each_feature=JsCode("describe"), control=False)
    layer._id = name
    return layer


def _bounds(points: list[Feature]) -> list[list[float]]:
    lons, lats = zip(*(p["geometry"]["coordinates"] for p in points), strict=True)
    return [[min(lats), min(lons)], [max(lats), max(lons)]]


@cache
def _leaflet() -> dict[str, str]:
    """Leaflet's script and style sheet; pictures as data, the pointer to its source map dropped lest it be fetched."""
    folder = files("js_lib_leaflet") / "static" / "js_lib_leaflet"

    def picture(match: re.Match[str]) -> str:
        content = (folder / "images" / match[1]).read_bytes()
        return f"url(data:image/png;base64,{base64.b64encode(content).decode('ascii')})"

    style = re.sub(r"url\(images/([\w.-]+\.png)\)", picture, (folder / "leaflet.css").read_text("utf-8"))
    script = re.sub(r"//# sourceMappingURL=\S*", "", (folder / "leaflet.js").read_text("utf-8"))
    return {"style": style, "script": script}
