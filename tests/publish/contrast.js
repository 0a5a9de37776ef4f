// The texts of a page that are too pale: [text, contrast, colour, background] where the contrast is below the limit.
(limit) => {
  const colour = (value) => {
    const n = value.match(/[\d.]+/g).map(Number);
    return value.startsWith("color(srgb") ? [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1] : [n[0], n[1], n[2], n[3] ?? 1];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const box = element.getBoundingClientRect();
    const stack = document.elementsFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const layers = [];
    const add = (e) => layers.unshift(colour(getComputedStyle(e).backgroundColor));
    // What lies below on the screen; out of sight, what it lies in.
    if (stack.includes(element)) { stack.slice(stack.indexOf(element)).forEach(add); } else { for (let e = element; e; e = e.parentElement) { add(e); } }
    return layers.reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility === "visible" && Number(style.opacity) > 0;
  };
  const pale = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim();
    const element = walk.currentNode.parentElement;
    if (!text || !seen(element) || ["SCRIPT", "STYLE"].includes(element.tagName)) { continue; }
    const under = ground(element);
    const style = getComputedStyle(element);
    const ink = element.namespaceURI.endsWith("svg") ? style.fill : style.color;
    const [a, b] = [light(over(colour(ink), under)), light(under)].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < limit) { pale.push([text.slice(0, 40), Math.round(100 * contrast) / 100, ink, under.map(Math.round).join()]); }
  }
  return pale;
}
