"use strict";
// Called by the drawing for every route and place; popups and labels arrive as harmless markup.
function describe(feature, layer) {
  const p = feature.properties;
  layer.bindPopup(p.popup, { maxWidth: 420 });
  if (p.label) {
    layer.bindTooltip(p.label, { permanent: true, direction: "right", offset: [p.style.radius + 1, 0], className: "place", interactive: false });
  }
}

function showPlan(map, routes, points, page) {
  const form = document.getElementById("shown");
  const { day, hour } = form.elements;
  const boxes = [...form.querySelectorAll("[name=kind]")];
  const layers = { routes: routes.getLayers(), points: points.getLayers() };
  const ranked = [...layers.points].sort((a, b) => b.feature.properties.rank - a.feature.properties.rank);
  let lookedAt = -1;
  const rows = [...document.querySelectorAll("#list tr[data-when]")].map((row) => ({ row, kind: row.dataset.kind, when: JSON.parse(row.dataset.when) }));

  // The ground: lines of the user's boundary, without tiles a graticule, both below the plan.
  function ground() {
    map.createPane("below").style.zIndex = 350;
    const thin = { pane: "below", interactive: false, weight: 1 };
    for (let d = -180; d <= 180 && !page.tiles; d += 5) {
      L.polyline([[-85, d], [85, d]], { ...thin, color: "#d9dfe5" }).addTo(map);
      if (Math.abs(d) < 85) { L.polyline([[d, -180], [d, 180]], { ...thin, color: "#d9dfe5" }).addTo(map); }
    }
    if (page.boundary.length) { L.polyline(page.boundary, { ...thin, color: "#8693a0" }).addTo(map); }
  }

  function controls() {
    const words = page.words;
    L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    if (page.tiles) { map.attributionControl.setPrefix(false); } else { map.attributionControl.remove(); }
    map.getContainer().setAttribute("role", "region");
    map.getContainer().setAttribute("aria-label", words.title);
  }

  // How many people something shows now; what has no times shows always.
  function heads(when) {
    if (hour && hour.valueAsNumber >= 0) {
      return (when.spans || []).reduce((n, [from, to, people]) => (from <= hour.valueAsNumber && hour.valueAsNumber < to ? n + people : n), 0);
    }
    return day && day.value ? when.days[day.value] || 0 : Object.values(when.days).reduce((a, b) => a + b, 0);
  }

  function chosen(kind) {
    return !boxes.length || boxes.some((box) => box.checked && box.value === kind);
  }

  function toggle(group, layer, on) {
    if (on !== group.hasLayer(layer)) { if (on) { group.addLayer(layer); } else { group.removeLayer(layer); } }
  }

  // Where a place is looked at, the lines that do not end there recede.
  function recede() {
    layers.routes.forEach((layer) => {
      const { ends, style } = layer.feature.properties;
      layer.setStyle({ opacity: lookedAt < 0 || !ends.length || ends.includes(lookedAt) ? style.opacity : 0.12 });
    });
  }

  function apply() {
    let moving = 0;
    layers.routes.forEach((layer) => {
      const p = layer.feature.properties;
      const people = p.when && heads(p.when);
      const on = chosen(p.kind) && people !== 0;
      toggle(routes, layer, on);
      moving += on ? people : 0;
      if (page.most) { layer.setStyle({ weight: page.thinnest + page.thicker * Math.sqrt(people / page.most) }); }
    });
    layers.points.forEach((layer) => {
      const kinds = Object.entries(layer.feature.properties.kinds);
      toggle(points, layer, !kinds.length || kinds.some(([kind, when]) => chosen(kind) && heads(when) > 0));
    });
    rows.forEach(({ row, kind, when }) => {
      const people = heads(when);
      row.hidden = !chosen(kind) || people === 0;
      row.lastElementChild.textContent = people;
    });
    points.bringToFront();
    if (hour) { tell(moving); }
    declutter();
  }

  function tell(moving) {
    const h = hour.valueAsNumber;
    const parts = { "%d": page.hours[Math.floor(h / 24)], "%h": String(h % 24).padStart(2, "0"), "%p": moving };
    const said = h < 0 ? page.words.all : page.words.hour.replace(/%[dhp]/g, (mark) => parts[mark]);
    form.querySelector("#now").textContent = said;
    hour.setAttribute("aria-valuetext", said);
  }

  // The label of the place with the highest rank wins; those it would cover wait for a closer zoom.
  function declutter() {
    const taken = [];
    ranked.forEach((layer) => {
      const element = points.hasLayer(layer) && layer.getTooltip() && layer.getTooltip().getElement();
      if (!element) { return; }
      const box = element.getBoundingClientRect();
      const free = taken.every((b) => box.right < b.left || box.left > b.right || box.bottom < b.top + 2 || box.top > b.bottom - 2);
      element.style.visibility = free ? "" : "hidden";
      if (free) { taken.push(box); }
    });
  }

  // A row of the list opens its popup on the map; closing it leads back to the row.
  function list() {
    let from = null;
    document.getElementById("list").addEventListener("click", (event) => {
      const button = event.target.closest("button[data-target]");
      if (!button) { return; }
      const [group, number] = button.dataset.target.split(":");
      map.getContainer().scrollIntoView({ block: "start" });
      layers[group][number].openPopup();
      from = button;
      map.getContainer().querySelector(".leaflet-popup-close-button").focus({ preventScroll: true });
    });
    map.on("popupopen", ({ popup }) => popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", page.words.close));
    map.on("popupopen popupclose", ({ type, popup }) => { lookedAt = type === "popupopen" ? layers.points.indexOf(popup._source) : -1; recede(); });
    map.on("popupclose", () => { if (from) { from.focus(); from = null; } });
    map.getContainer().addEventListener("keydown", (event) => { if (event.key === "Escape") { map.closePopup(); } });
  }

  function slider() {
    const play = form.querySelector("#play");
    let running = 0;
    function stop() { clearInterval(running); running = 0; play.textContent = page.words.play; }
    function move(to) { hour.value = to; if (day) { day.value = ""; } apply(); }
    hour.addEventListener("input", () => move(hour.value));
    play.addEventListener("click", () => {
      if (running) { stop(); return; }
      play.textContent = page.words.pause;
      running = setInterval(() => (hour.value === hour.max ? stop() : move(hour.valueAsNumber + 1)), 500);
    });
  }

  ground();
  controls();
  list();
  if (hour) { slider(); }
  if (window.innerWidth < 640) { document.getElementById("panel").open = false; }
  const panel = document.getElementById("panel");
  const room = window.innerWidth >= 900 ? panel.offsetWidth + 30 : 30;
  const bounds = points.getBounds();
  map.invalidateSize({ animate: false });
  if (bounds.isValid()) { map.fitBounds(bounds, { paddingTopLeft: [room, 50], paddingBottomRight: [110, 40], maxZoom: 13, animate: false }); }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    if (event.target === day && hour) { hour.value = -1; }
    if (event.target !== hour) { apply(); }
  });
  map.on("zoomend moveend", declutter);
  apply();
}
