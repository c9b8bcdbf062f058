// How an exchange ended, as a sign, a colour and words; the sign alone is enough.
import { element } from "./page.js";
import { knows, word } from "./words.js";

const GOOD = new Set(["validity:1", "validity:6", "received", "batch:done", "registered", "consented", "done"]);
const WARN = /^(validity:[2345]|batch:running|MOCK-NOT-REGISTERED|MOCK-SELF-INFO-REFUSED|MOCK-SERVICE-PROCESSING|already-registered|in progress)/;

export function mood(outcome) {
  if (GOOD.has(outcome)) return "good";
  if (WARN.test(outcome)) return "warn";
  return outcome.startsWith("MOCK-") ? "bad" : "good";
}

const SIGN = { good: "✓", warn: "!", bad: "×" };

export function outcomeBadge(outcome) {
  const feeling = mood(outcome);
  return element("span", { class: `sign ${feeling}` }, element("span", { "aria-hidden": "true" }, SIGN[feeling]), outcomeWord(outcome));
}

export function outcomeWord(outcome) {
  if (knows(`outcome.${outcome}`)) return word(`outcome.${outcome}`);
  if (outcome.startsWith("MOCK-")) return word("outcome.refused");
  return outcome;
}
