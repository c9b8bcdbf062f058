// Every text on the page whose contrast with what is painted behind it is below 4.5 to 1 (WCAG 2.2, 1.4.3).
() => {
  const rgb = (text) => { const n = text.match(/[\d.]+/g).map(Number); return { c: n.slice(0, 3), a: n.length > 3 ? n[3] : 1 }; };
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const ground = (element) => { for (let e = element; e; e = e.parentElement) { const found = rgb(getComputedStyle(e).backgroundColor); if (found.a === 1) return found.c; } return [255, 255, 255]; };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility() || element.closest('script, .skip, .sr')) continue;
    const a = light(rgb(getComputedStyle(element).color).c), b = light(ground(element));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) poor.push([walker.currentNode.textContent.trim().slice(0, 30), ratio]);
  }
  return poor;
}
