"use strict";
(function () {
  // Everything shown is already in the page as text; this only hides, counts and reorders it.
  const { sites, entries } = JSON.parse(document.getElementById("data").textContent);
  const form = document.getElementById("filters");
  const found = document.getElementById("found");
  const cards = Array.from(document.querySelectorAll(".card"));
  const elements = entries.map((_, i) => document.getElementById("r" + i));
  const days = document.getElementById("days");
  const sections = Array.from(days.children);

  function wanted(entry, choice, row) {
    const [district, employer] = sites[row[0]];
    return (!choice.day || entry.day === choice.day) && (!choice.station || entry.station === choice.station) &&
      (!choice.district || district === choice.district) && (!choice.employer || employer === choice.employer);
  }

  function apply() {
    const choice = Object.fromEntries(new FormData(form));
    let people = 0, arrivals = 0;
    entries.forEach((entry, i) => {
      const rows = entry.rows.filter((row) => wanted(entry, choice, row));
      const heads = rows.reduce((sum, row) => sum + row[1], 0);
      const shown = new Set(rows.map((row) => String(row[0])));
      elements[i].hidden = !rows.length;
      elements[i].querySelector(".count").textContent = heads;
      elements[i].querySelectorAll("[data-site]").forEach((e) => e.classList.toggle("off", !shown.has(e.dataset.site)));
      elements[i].querySelectorAll("li, tbody tr").forEach((e) => { e.hidden = !e.querySelector("[data-site]:not(.off)"); });
      if (i < cards.length) { people += heads; arrivals += rows.length ? 1 : 0; }
    });
    sections.forEach((s) => { s.hidden = !s.querySelector(".card:not([hidden])"); });
    document.getElementById("none").hidden = arrivals > 0;
    const words = found.dataset.words.replace("[arrivals]", arrivals).replace("[people]", people);
    const chosen = Array.from(form.querySelectorAll("select")).filter((s) => s.value).map((s) => s.selectedOptions[0].text);
    found.textContent = [words, ...chosen].join(" · ");
    order();
  }

  // The next arrival comes first and what has arrived moves below; before and after the operation the order is by time.
  function order() {
    const now = Date.now();
    const next = cards.findIndex((card, i) => !card.hidden && entries[i].at >= now);
    const keepTime = next < 0;
    cards.forEach((card, i) => {
      const past = !keepTime && entries[i].at < now;
      card.classList.toggle("is-past", past);
      card.classList.toggle("is-next", i === next);
      card.querySelector(".past").hidden = !past;
      card.querySelector(".next").hidden = i !== next;
    });
    sections.forEach((section) => {
      const list = section.querySelector(".cards");
      const own = cards.filter((card) => list.contains(card));
      const late = own.filter((card) => card.classList.contains("is-past"));
      arrange(list, own.filter((card) => !late.includes(card)).concat(late));
      section.dataset.past = late.length === own.length ? "1" : "";
    });
    arrange(days, sections.filter((s) => !s.dataset.past).concat(sections.filter((s) => s.dataset.past)));
  }

  // What already stands right is not touched: moving an element would take the keyboard's focus from it.
  function arrange(parent, wanted) {
    if (wanted.some((child, i) => parent.children[i] !== child)) { parent.append(...wanted); }
  }

  function unfold(open) {
    document.querySelectorAll("details").forEach((d) => { d.open = open || d.dataset.open === "1"; });
  }

  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply, 0));
  // On paper nothing can be unfolded.
  window.addEventListener("beforeprint", () => { document.querySelectorAll("details").forEach((d) => { d.dataset.open = d.open ? "1" : ""; }); unfold(true); });
  window.addEventListener("afterprint", () => unfold(false));
  form.hidden = false;
  apply();
  setInterval(order, 60000);
})();
