// One exchange: what was looked at, what was asked, what was answered, how long it took.
import { get } from "./api.js";
import { outcomeBadge } from "./outcomes.js";
import { byId, element } from "./page.js";
import { lang, word } from "./words.js";

const SIGN = { passed: "✓", failed: "×", not_reached: "·" };
const MOOD = { passed: "good", failed: "bad", not_reached: "" };
let shown = null;

export async function show(exchange, titles) {
  shown = exchange;
  const place = byId("detail");
  if (!exchange) {
    place.replaceChildren(element("p", { class: "small" }, word("detail.choose")));
    return;
  }
  const query = new URLSearchParams({ call: exchange.call, outcome: exchange.outcome });
  const { checks } = await get(`checks?${query}`);
  const refused = exchange.outcome.startsWith("MOCK-") ? await get(`refusals/${encodeURIComponent(exchange.outcome)}?lang=${lang}`) : null;
  if (shown !== exchange) return;
  place.replaceChildren(
    element("h3", {}, word(`call.${exchange.call}`), " ", outcomeBadge(exchange.outcome)),
    facts(exchange, titles),
    ...(refused?.message ? [element("p", { class: "said" }, refused.message, element("br"), refused.remedy ?? "")] : []),
    ...(checks.length ? [element("h3", {}, word("detail.checks")), list(checks)] : []),
    element("h3", {}, word("detail.request")), json(exchange.request),
    element("h3", {}, word("detail.answer")), json(exchange.answer),
    element("p", { class: "small" }, word("detail.masked")),
  );
}

export function redraw(titles) {
  return show(shown, titles);
}

function facts(exchange, titles) {
  const rows = [
    ["column.at", exchange.at], ["column.institution", exchange.institution], ["column.via", word(`via.${exchange.via}`)],
    ["column.run", exchange.run], ["column.person", exchange.person ? `${titles[exchange.person] ?? ""} (${exchange.person})` : ""],
    ["column.outcome", exchange.outcome], ["column.scenario", exchange.scenario],
    ["column.took", `${(exchange.took_us / 1000).toFixed(2)} ms`], ["column.key", exchange.key],
  ];
  return element("dl", {}, ...rows.filter(([, value]) => value).flatMap(([name, value]) => [element("dt", {}, word(name)), element("dd", {}, value)]));
}

function list(checks) {
  return element("ol", { class: "checks" }, ...checks.map(({ name, mark }) => element(
    "li", { class: mark },
    element("span", { class: `mark-sign ${MOOD[mark]}`, "aria-hidden": "true" }, SIGN[mark]),
    element("span", {}, word(`check.${name}`), " ", element("span", { class: "sr" }, word(`mark.${mark}`))),
  )));
}

function json(value) {
  if (value === null || value === undefined || value === "") return element("p", { class: "small" }, word("detail.nothing"));
  return element("pre", { class: "json", tabIndex: 0 }, JSON.stringify(value, null, 2));
}
