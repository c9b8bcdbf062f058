// Troubles by name: what is armed now, and arming one for the next call, for some calls, or until reset.
import { ask, get } from "./api.js";
import { names } from "./personas.js";
import { byId, element, toast } from "./page.js";
import { lang, word } from "./words.js";

let person = "";

export function forPerson(name) {
  person = name;
}

export async function draw() {
  const { available, armed } = await get(`/admin/scenarios?lang=${lang}`);
  byId("scenarios").replaceChildren(armedNow(armed, available), choosePerson(), ...available.map(card));
}

function armedNow(armed, available) {
  if (!armed.length) return element("p", { class: "small" }, word("scenarios.none_armed"));
  const titles = Object.fromEntries(available.map((one) => [one.name, one.title]));
  return element("div", { class: "card", id: "armed" },
    element("h3", {}, word("scenarios.armed")),
    ...armed.map((one) => element("p", { class: "row" },
      element("span", {}, `⚡ ${titles[one.scenario] ?? one.scenario}`),
      element("span", { class: "small" }, [one.persona, one.call, one.institution, one.run].filter(Boolean).join(" · ")),
      element("span", { class: "chip" }, one.remaining === null ? word("scenarios.until_reset") : word("scenarios.remaining", { count: one.remaining })),
      element("button", { on: { click: () => disarm(one.id) } }, word("scenarios.disarm")),
    )),
    element("button", { on: { click: () => disarm(null) } }, word("scenarios.reset")),
  );
}

function choosePerson() {
  const select = element("select", { id: "scenario-person", on: { change: (event) => { person = event.target.value; } } },
    element("option", { value: "" }, word("scenarios.anybody")),
    ...names().map(([name, title]) => element("option", { value: name, selected: name === person }, `${title} (${name})`)));
  return element("p", {}, element("label", { class: "field" }, word("scenarios.for"), select));
}

function card(scenario) {
  const inputs = Object.fromEntries(scenario.parameters.map((one) => [one.name, input(one)]));
  const arm = async (wish) => {
    const params = {};
    for (const one of scenario.parameters) {
      const text = inputs[one.name].value.trim();
      if (text !== "" && text !== String(one.default ?? "")) params[one.name] = typed(one, text);
    }
    await ask("POST", "/admin/scenarios", { scenario: scenario.name, params, ...(person ? { persona: person } : {}), ...wish });
    toast(word("scenarios.is_armed", { title: scenario.title }));
    await draw();
  };
  const times = element("input", { type: "number", min: 1, max: 9999, value: 3, "aria-label": word("scenarios.times") });
  times.style.width = "5em";
  return element("article", { class: "card", "data-scenario": scenario.name },
    element("h3", {}, scenario.title, " ", element("span", { class: "name" }, scenario.name)),
    element("p", {}, scenario.what),
    ...scenario.parameters.map((one) => element("label", { class: "field small" }, one.what || one.name, inputs[one.name])),
    element("div", { class: "row" },
      element("button", { class: "main", on: { click: () => arm({ times: 1 }) } }, word("scenarios.next")),
      element("button", { on: { click: () => arm({ times: Number(times.value) }) } }, word("scenarios.several")), times,
      element("button", { on: { click: () => arm({ until_reset: true }) } }, word("scenarios.always")),
    ),
  );
}

function input(parameter) {
  if (parameter.choices?.length) {
    return element("select", {}, ...parameter.choices.map((one) => element("option", { value: one, selected: one === parameter.default }, String(one))));
  }
  const number = parameter.kind === "int" || parameter.kind === "float" || parameter.kind === "number";
  const made = element("input", { type: number ? "number" : "text", value: parameter.default ?? "" });
  if (number && parameter.lowest !== null && parameter.lowest !== undefined) made.min = parameter.lowest;
  if (number && parameter.highest !== null && parameter.highest !== undefined) made.max = parameter.highest;
  return made;
}

function typed(parameter, text) {
  return parameter.kind === "int" || parameter.kind === "float" || parameter.kind === "number" ? Number(text) : text;
}

async function disarm(id) {
  await ask("DELETE", id === null ? "/admin/scenarios" : `/admin/scenarios/${id}`);
  await draw();
}
