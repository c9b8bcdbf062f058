// Puts the page together: words, theme, keys, tabs, and the four parts.
import { get } from "./api.js";
import * as clock from "./clock.js";
import * as detail from "./detail.js";
import * as exchanges from "./exchanges.js";
import { byId, element } from "./page.js";
import * as personas from "./personas.js";
import * as scenarios from "./scenarios.js";
import { lang, speak, word } from "./words.js";

const TABS = ["detail", "personas", "scenarios"];
const THEMES = ["auto", "light", "dark"];
const KEYS = ["help.walk", "help.filter", "help.pause", "help.tabs", "help.clock", "help.help"];
let titles = {};

async function start() {
  const wanted = localStorage.getItem("madoguchi-lang") ?? (navigator.language.startsWith("ja") ? "ja" : "en");
  await speak(wanted);
  theme(localStorage.getItem("madoguchi-theme") ?? "auto");
  byId("theme").addEventListener("click", () => theme(THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length]));
  byId("lang").addEventListener("click", turn);
  byId("help-open").addEventListener("click", help);
  for (const name of TABS) byId(`tab-${name}`).addEventListener("click", () => tab(name));
  document.querySelector(".tabs").addEventListener("keydown", tabKeys);
  document.addEventListener("keydown", keys);
  nameLanguage();
  titles = await personas.load();
  exchanges.serviceAt((await get("service")).url);
  personas.start((name) => { exchanges.onlyPerson(name); byId("list").focus(); }, async (name) => { scenarios.forPerson(name); await tab("scenarios"); });
  await clock.start();
  await detail.show(null, titles);
  await exchanges.start(async (exchange) => { await tab("detail"); await detail.show(exchange, titles); }, titles);
  document.addEventListener("madoguchi-control", async () => {
    await clock.load();
    if (!byId("scenarios").hidden) await scenarios.draw();
  });
  document.body.dataset.ready = "yes";
}

const current = () => document.documentElement.dataset.theme ?? "auto";

function theme(name) {
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  localStorage.setItem("madoguchi-theme", name);
  byId("theme").textContent = word(`theme.${name}`);
  byId("theme").dataset.word = `theme.${name}`;
}

function nameLanguage() {
  byId("lang").textContent = lang === "ja" ? "English" : "日本語";
  byId("lang").lang = lang === "ja" ? "en" : "ja";
}

async function turn() {
  await speak(lang === "ja" ? "en" : "ja");
  nameLanguage();
  await personas.load();
  exchanges.redraw();
  await detail.redraw(titles);
  await clock.load();
  await draw(TABS.find((name) => !byId(name).hidden));
}

async function draw(name) {
  if (name === "personas") await personas.draw();
  if (name === "scenarios") await scenarios.draw();
}

async function tab(name) {
  for (const one of TABS) {
    byId(one).hidden = one !== name;
    byId(`tab-${one}`).setAttribute("aria-selected", String(one === name));
    byId(`tab-${one}`).tabIndex = one === name ? 0 : -1;
  }
  await draw(name);
}

function tabKeys(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const at = TABS.findIndex((name) => !byId(name).hidden);
  const next = TABS[(at + step + TABS.length) % TABS.length];
  event.preventDefault();
  tab(next);
  byId(`tab-${next}`).focus();
}

function keys(event) {
  if (event.target.closest("input, select, textarea, dialog") || event.ctrlKey || event.metaKey || event.altKey) {
    if (event.key === "Escape" && event.target === byId("filter")) {
      event.preventDefault();
      exchanges.onlyPerson("");
      byId("list").focus();
    }
    return;
  }
  const acts = {
    "/": () => byId("filter").focus(),
    p: () => byId("pause").click(),
    c: () => byId("clock-open").click(),
    "?": help,
    1: () => tab("detail"), 2: () => tab("personas"), 3: () => tab("scenarios"),
    j: () => byId("list").focus(), k: () => byId("list").focus(),
  };
  if (event.key in acts && !(event.target === byId("list") && "jk".includes(event.key))) {
    event.preventDefault();
    acts[event.key]();
  }
}

function help() {
  const dialog = byId("help-dialog");
  dialog.replaceChildren(
    element("h2", { id: "help-title" }, word("help.title")),
    element("dl", {}, ...KEYS.flatMap((id) => [element("dt", {}, element("kbd", {}, word(`${id}.key`))), element("dd", {}, word(id))])),
    element("p", { class: "small" }, word("help.what")),
    element("button", { type: "button", class: "main", on: { click: () => dialog.close() } }, word("close")),
  );
  dialog.showModal();
}

start().catch((error) => {
  byId("connection").textContent = `${word("error.start")} (${error.message})`;
  byId("connection").hidden = false;
});
