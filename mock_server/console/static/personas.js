// The invented patients: who they are, what will happen, and their card into a running reader at a click.
import { ask, get } from "./api.js";
import { byId, element, toast } from "./page.js";
import { word } from "./words.js";

let people = [];
let slots = [];
let onFilter = () => {};
let onArm = () => {};

export async function load() {
  people = (await get("/admin/personas")).personas;
  return Object.fromEntries(people.map((person) => [person.name, person.title]));
}

export function names() {
  return people.map((person) => [person.name, person.title]);
}

export function start(filter, arm) {
  onFilter = filter;
  onArm = arm;
}

export async function draw() {
  slots = (await get("emulators")).slots;
  const place = byId("personas");
  const search = element("input", { type: "search", id: "person-filter", placeholder: word("personas.filter"), "aria-label": word("personas.filter") });
  const list = element("div", {});
  const fill = () => list.replaceChildren(...people.filter((person) => fits(person, search.value)).map(card));
  search.addEventListener("input", fill);
  place.replaceChildren(element("div", { class: "row" }, search), readers(), list);
  fill();
}

function fits(person, wanted) {
  const text = [person.name, person.title, person.what_happens, person.expected.outcome, ...person.plays].join(" ").toLowerCase();
  return wanted.toLowerCase().split(/\s+/).every((part) => text.includes(part));
}

function readers() {
  if (!slots.length) return element("p", { class: "small" }, word("emulators.none"));
  return element("div", { class: "card" }, element("h3", {}, word("emulators.title")), ...slots.map((slot) => element(
    "p", { class: "row" },
    element("span", {}, slot.reader || word("emulators.slot", { slot: slot.slot })), " – ",
    element("span", {}, slot.persona ? title(slot.persona) : word("emulators.empty")),
    slot.persona ? element("button", { on: { click: () => place(slot, null) } }, word("emulators.remove")) : null,
  )));
}

const title = (name) => people.find((person) => person.name === name)?.title ?? name;

function card(person) {
  const numbers = person.numbers;
  return element(
    "article", { class: "card", "data-persona": person.name },
    element("h3", {}, person.title, " ", element("span", { class: "name" }, person.name)),
    element("p", {}, person.what_happens),
    element("dl", {},
      element("dt", {}, word("personas.pin")), element("dd", {}, person.pin || "–"),
      element("dt", {}, word("personas.numbers")),
      element("dd", {}, [numbers.insurer_number, numbers.symbol, numbers.number, numbers.branch].filter(Boolean).join(" ・ ")),
      element("dt", {}, word("personas.birthdate")), element("dd", {}, numbers.birthdate),
      element("dt", {}, word("personas.expected")), element("dd", {}, person.expected.outcome),
      ...(person.plays.length ? [element("dt", {}, word("personas.plays")), element("dd", {}, person.plays.join(" "))] : []),
    ),
    element("div", { class: "row" },
      ...slots.map((slot) => element("button", { on: { click: () => place(slot, person.name) } }, word("personas.place", { reader: slot.reader || slot.slot }))),
      element("button", { on: { click: () => onArm(person.name) } }, word("personas.arm")),
      element("button", { on: { click: () => onFilter(person.name) } }, word("personas.only")),
    ),
  );
}

async function place(slot, persona) {
  await ask("POST", "emulators", { emulator: slot.emulator, slot: slot.slot, persona });
  toast(persona ? word("personas.placed", { title: title(persona) }) : word("emulators.removed"));
  await draw();
}
