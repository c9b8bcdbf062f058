// The server's clock: shown running, moved by a day, set, stopped and put right again.
import { ask, get } from "./api.js";
import { byId, element } from "./page.js";
import { lang, word } from "./words.js";

let base = null;
let frozen = false;
let taken = 0;

export async function start() {
  await load();
  setInterval(show, 500);
  byId("clock-open").addEventListener("click", open);
}

export async function load() {
  const clock = await get("/admin/clock");
  base = new Date(clock.now);
  frozen = Boolean(clock.frozen);
  taken = Date.now();
  const chip = byId("moved");
  chip.hidden = !frozen && !clock.moved_s;
  chip.textContent = frozen ? word("clock.stopped") : word("clock.moved", { days: (clock.moved_s / 86400).toFixed(1).replace(/\.0$/, "") });
  show();
}

function now() {
  return new Date(base.getTime() + (frozen ? 0 : Date.now() - taken));
}

function show() {
  if (!base) return;
  const style = { year: "numeric", month: "2-digit", day: "2-digit", weekday: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: "Asia/Tokyo" };
  byId("now").textContent = now().toLocaleString(lang === "ja" ? "ja-JP" : "en-GB", style);
}

async function put(body) {
  await ask("PUT", "/admin/clock", body);
  await load();
}

function open() {
  const dialog = byId("clock-dialog");
  const local = new Date(now().getTime() + 9 * 3600e3).toISOString().slice(0, 16);
  const at = element("input", { type: "datetime-local", id: "clock-at", value: local, "aria-label": word("clock.at") });
  const step = (label, seconds) => element("button", { type: "button", on: { click: () => put({ move_s: seconds }) } }, word(label));
  dialog.replaceChildren(
    element("h2", { id: "clock-title" }, word("clock.title")),
    element("p", { class: "small" }, word("clock.what")),
    element("div", { class: "row" }, step("clock.minus_day", -86400), step("clock.plus_hour", 3600), step("clock.plus_day", 86400), step("clock.plus_month", 30 * 86400)),
    element("div", { class: "row" }, at, element("button", { type: "button", class: "main", on: { click: () => put({ at: at.value }) } }, word("clock.set"))),
    element("div", { class: "row" },
      element("button", { type: "button", on: { click: () => put(frozen ? { run: true } : { freeze: true }) } }, word(frozen ? "clock.run" : "clock.freeze")),
      element("button", { type: "button", on: { click: () => put({ reset: true }) } }, word("clock.reset")),
      element("button", { type: "button", on: { click: () => dialog.close() } }, word("close")),
    ),
  );
  dialog.showModal();
  at.focus();
}
