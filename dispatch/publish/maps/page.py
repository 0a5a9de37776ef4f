"""A folium map as one file that asks nothing of any network: Leaflet inlined, no tiles, no random ids."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar

import folium
from branca.element import Element, Figure
from folium.template import Template
from folium.utilities import JsCode

from dispatch.publish.pages import render, stamp
from dispatch.publish.privacy import Audience
from dispatch.publish.view import View

Feature = dict[str, Any]
# Without tiles Leaflet knows no limit of zooming; 17 shows one factory gate.
MAX_ZOOM = 17


class _Page(Figure):  # type: ignore[misc]
    """The document around a map. Its parts are text by now: the template fills them in and interprets none of them."""

    _template = Template(
        "{{ this.before }}{{ this.header.render() }}{{ this.between }}{{ this.html.render() }}"
        "<script>\n{{ this.script.render() }}\n</script>{{ this.after }}"
    )

    def __init__(self, frame: str) -> None:
        super().__init__()
        self._id = "page"
        self.before, self.between, self.after = frame.split("<!--part-->")


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


def map_page(view: View, title: str, routes: list[Feature], points: list[Feature], **panel: object) -> str:
    """The HTML of a map with one layer of routes and one of places; ``panel`` fills the legend and the filters."""
    frame = render(
        "maps/map.html", view, "maps", title=title, stamp=stamp(view, Audience.PUBLIC), leaflet=_leaflet(), **panel
    )
    page = _Page(frame)
    drawing = _OfflineMap(tiles=None, control_scale=True, zoom_control="topright", maxZoom=MAX_ZOOM, zoomSnap=0.25)
    drawing._id = "drawing"
    page.add_child(drawing)
    layers = [_layer("routes", routes), _layer("points", points)]
    for layer in layers:
        drawing.add_child(layer)
    drawing.fit_bounds(_bounds(points))
    for child in drawing._children.values():
        child._id = child._id if child in layers else "view"
    names = ", ".join(element.get_name() for element in (drawing, *layers))
    behaviour = (files("dispatch.publish.maps") / "map.js").read_text("utf-8")
    page.script.add_child(_Script(f"{behaviour}\nshowPlan({names});\n"), name="behaviour")
    # Rendered twice: the first time the children put their scripts behind the one added above.
    return _in_order(page)


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
