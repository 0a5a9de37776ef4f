"use strict";
// Called by the drawing for every route and place; popups and labels arrive as harmless markup.
function describe(feature, layer) {
  const p = feature.properties;
  layer.bindPopup(p.popup, { maxWidth: 420 });
  if (p.label) {
    layer.bindTooltip(p.label, { permanent: true, direction: "right", offset: [p.style.radius + 1, 0], className: "place", interactive: false });
  }
}

function showPlan(map, routes, points) {
  const form = document.getElementById("shown");
  const lines = routes.getLayers();
  const places = points.getLayers().sort((a, b) => b.feature.properties.people - a.feature.properties.people);

  function graticule() {
    const style = { color: "#d9dfe5", weight: 1, interactive: false };
    for (let d = -180; d <= 180; d += 5) {
      L.polyline([[-85, d], [85, d]], style).addTo(map).bringToBack();
      if (Math.abs(d) < 85) { L.polyline([[d, -180], [d, 180]], style).addTo(map).bringToBack(); }
    }
  }

  function shows(kinds, day) {
    return Object.entries(kinds).some(([kind, days]) => chosen().has(kind) && (!day || days.includes(day)));
  }

  function chosen() {
    return new Set(new FormData(form).getAll("kind"));
  }

  function toggle(group, layer, on) {
    if (on !== group.hasLayer(layer)) { if (on) { group.addLayer(layer); } else { group.removeLayer(layer); } }
  }

  function apply() {
    const day = new FormData(form).get("day");
    lines.forEach((layer) => {
      const p = layer.feature.properties;
      toggle(routes, layer, chosen().has(p.kind) && (!day || day in p.widths));
      layer.setStyle({ weight: day ? p.widths[day] || 1 : p.style.weight });
    });
    places.forEach((layer) => toggle(points, layer, shows(layer.feature.properties.kinds, day)));
    points.bringToFront();
    declutter();
  }

  // The label of the place with the most people wins; those it would cover wait for a closer zoom.
  function declutter() {
    const taken = [];
    places.forEach((layer) => {
      const element = points.hasLayer(layer) && layer.getTooltip() && layer.getTooltip().getElement();
      if (!element) { return; }
      const box = element.getBoundingClientRect();
      const free = taken.every((b) => box.right < b.left || box.left > b.right || box.bottom < b.top + 2 || box.top > b.bottom - 2);
      element.style.visibility = free ? "" : "hidden";
      if (free) { taken.push(box); }
    });
  }

  map.attributionControl.remove();
  if (window.innerWidth < 640) { document.getElementById("panel").open = false; }
  const panel = document.getElementById("panel");
  const room = window.innerWidth >= 900 ? panel.offsetWidth + 30 : 30;
  const bounds = points.getBounds();
  if (bounds.isValid()) { map.fitBounds(bounds, { paddingTopLeft: [room, 50], paddingBottomRight: [110, 40], maxZoom: 13, animate: false }); }
  graticule();
  form.addEventListener("change", apply);
  map.on("zoomend moveend", declutter);
  apply();
}
