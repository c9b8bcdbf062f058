// The live list: newest first, fed by the server's stream, filtered by what is typed, walked with the arrow keys.
import { ask, get } from "./api.js";
import { outcomeBadge, outcomeWord } from "./outcomes.js";
import { byId, element } from "./page.js";
import { word } from "./words.js";

const MOST = 500;
let all = [];
let chosen = null;
let paused = false;
let held = [];
let last = 0;
let onChoose = () => {};
let titles = {};
let service = "";

export function serviceAt(url) {
  service = url;
}

export async function start(choose, personTitles) {
  onChoose = choose;
  titles = personTitles;
  const found = await get("/admin/exchanges?limit=200");
  all = found.exchanges.reverse();
  last = found.last ?? 0;
  draw();
  listen();
  byId("filter").addEventListener("input", draw);
  byId("pause").addEventListener("click", pause);
  byId("clear").addEventListener("click", clear);
  byId("list").addEventListener("keydown", walk);
}

export function redraw() {
  draw();
}

export function onlyPerson(name) {
  byId("filter").value = name;
  draw();
}

function listen() {
  const stream = new EventSource(`/admin/exchanges/stream?after=${last}`);
  stream.addEventListener("exchange", (event) => {
    const exchange = JSON.parse(event.data);
    if ([...all, ...held].some((one) => one.id === exchange.id)) return;
    last = Math.max(last, exchange.id);
    if (paused) held.push(exchange);
    else add(exchange);
    showPause();
  });
  stream.addEventListener("control", () => document.dispatchEvent(new CustomEvent("madoguchi-control")));
  stream.addEventListener("open", () => { byId("connection").hidden = true; });
  stream.addEventListener("error", () => {
    byId("connection").textContent = word("error.stream");
    byId("connection").hidden = false;
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => { stream.close(); listen(); }, 2000);
  });
}

function add(exchange) {
  all.unshift(exchange);
  all.length = Math.min(all.length, MOST);
  draw(exchange.id);
}

function pause() {
  paused = !paused;
  if (!paused) {
    for (const exchange of held) all.unshift(exchange);
    held = [];
    all.length = Math.min(all.length, MOST);
    draw();
  }
  showPause();
}

function showPause() {
  const button = byId("pause");
  button.setAttribute("aria-pressed", String(paused));
  button.textContent = paused ? word("exchanges.resume", { count: held.length }) : word("exchanges.pause");
}

async function clear() {
  if (!confirm(word("exchanges.clear_sure"))) return;
  await ask("DELETE", "/admin/exchanges");
  all = [];
  held = [];
  choose(null);
  draw();
}

function matches(exchange) {
  const wanted = byId("filter").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const text = [
    exchange.call, word(`call.${exchange.call}`), exchange.via, exchange.institution, exchange.run, exchange.person,
    titles[exchange.person] ?? "", exchange.outcome, outcomeWord(exchange.outcome), exchange.scenario,
  ].join(" ").toLowerCase();
  return wanted.every((part) => text.includes(part));
}

function draw(fresh) {
  const shown = all.filter(matches);
  byId("rows").replaceChildren(...shown.map((exchange) => row(exchange, exchange.id === fresh)));
  byId("list").setAttribute("aria-label", word("exchanges.title"));
  byId("empty").hidden = all.length > 0;
  byId("first-command").textContent = word("exchanges.first", { origin: service });
}

function row(exchange, fresh) {
  const person = exchange.person ? (titles[exchange.person] ?? exchange.person) : "–";
  return element(
    "tr",
    {
      class: fresh ? "fresh" : "",
      "aria-selected": String(chosen === exchange.id),
      "data-id": String(exchange.id),
      on: { click: () => choose(exchange) },
    },
    element("td", { class: "at" }, exchange.at.slice(11, 19)),
    element("td", {}, word(`call.${exchange.call}`), element("span", { class: "code" }, exchange.call)),
    element("td", { class: "via" }, word(`via.${exchange.via}`)),
    element("td", { class: "institution" }, exchange.institution, exchange.run ? element("span", { class: "code" }, exchange.run) : null),
    element("td", { class: "person" }, person, exchange.person ? element("span", { class: "code" }, exchange.person) : null),
    element(
      "td", {}, outcomeBadge(exchange.outcome),
      exchange.outcome.startsWith("MOCK-") ? element("span", { class: "code" }, exchange.outcome) : null,
      exchange.scenario ? element("span", { class: "trouble" }, `⚡ ${exchange.scenario}`) : null,
    ),
    element("td", { class: "number" }, `${(exchange.took_us / 1000).toFixed(1)} ms`),
  );
}

function choose(exchange) {
  chosen = exchange ? exchange.id : null;
  for (const line of byId("rows").children) line.setAttribute("aria-selected", String(line.dataset.id === String(chosen)));
  onChoose(exchange);
}

function walk(event) {
  const shown = all.filter(matches);
  if (!shown.length) return;
  const at = shown.findIndex((one) => one.id === chosen);
  const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
  let next;
  if (event.key in steps) next = at < 0 ? 0 : Math.min(Math.max(at + steps[event.key], 0), shown.length - 1);
  else if (event.key === "Home") next = 0;
  else if (event.key === "End") next = shown.length - 1;
  else return;
  event.preventDefault();
  choose(shown[next]);
  byId("rows").querySelector(`[data-id="${shown[next].id}"]`)?.scrollIntoView({ block: "nearest" });
}
