"use strict";
(function () {
  // Everything shown is already in the page as text; this only hides, counts and reorders it.
  const data = JSON.parse(document.getElementById("data").textContent);
  const form = document.getElementById("filters");
  const found = document.getElementById("found");
  const cards = Array.from(document.querySelectorAll(".card"));
  const elements = data.map((_, i) => document.getElementById("r" + i));
  const days = document.getElementById("days");
  const sections = Array.from(days.children);

  function wanted(entry, choice, row) {
    return (!choice.day || entry.day === choice.day) && (!choice.station || entry.station === choice.station) &&
      (!choice.district || row[0] === choice.district) && (!choice.employer || row[1] === choice.employer);
  }

  function apply() {
    const choice = Object.fromEntries(new FormData(form));
    let people = 0, arrivals = 0;
    data.forEach((entry, i) => {
      const rows = entry.rows.filter((row) => wanted(entry, choice, row));
      const heads = rows.reduce((sum, row) => sum + row[2], 0);
      const keys = new Set(rows.map((row) => row[0] + "\u001f" + row[1]));
      elements[i].hidden = !rows.length;
      elements[i].querySelector(".count").textContent = heads;
      elements[i].querySelectorAll("[data-employer]").forEach((e) => {
        e.classList.toggle("off", !keys.has(e.dataset.district + "\u001f" + e.dataset.employer));
      });
      elements[i].querySelectorAll("li, tbody tr").forEach((e) => { e.hidden = !e.querySelector("[data-employer]:not(.off)"); });
      if (i < cards.length) { people += heads; arrivals += rows.length ? 1 : 0; }
    });
    sections.forEach((s) => { s.hidden = !s.querySelector(".card:not([hidden])"); });
    document.getElementById("none").hidden = arrivals > 0;
    found.textContent = found.dataset.words.replace("[arrivals]", arrivals).replace("[people]", people);
    order();
  }

  // The next arrival comes first and what has arrived moves below; before and after the operation the order is by time.
  function order() {
    const now = Date.now();
    const next = cards.findIndex((card, i) => !card.hidden && data[i].at >= now);
    const keepTime = next < 0;
    cards.forEach((card, i) => {
      const past = !keepTime && data[i].at < now;
      card.classList.toggle("is-past", past);
      card.classList.toggle("is-next", i === next);
      card.querySelector(".past").hidden = !past;
      card.querySelector(".next").hidden = i !== next;
    });
    sections.forEach((section) => {
      const list = section.querySelector(".cards");
      const own = cards.filter((card) => list.contains(card));
      const late = own.filter((card) => card.classList.contains("is-past"));
      own.filter((card) => !late.includes(card)).concat(late).forEach((card) => list.append(card));
      section.dataset.past = late.length === own.length ? "1" : "";
    });
    sections.filter((s) => !s.dataset.past).concat(sections.filter((s) => s.dataset.past)).forEach((s) => days.append(s));
  }

  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply, 0));
  form.hidden = false;
  apply();
  setInterval(order, 60000);
})();
