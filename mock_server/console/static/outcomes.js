// How an exchange ended, as a sign, a colour and words; the sign alone is enough.
import { element } from "./page.js";
import { knows, word } from "./words.js";

const GOOD = new Set([
  "validity:1", "validity:6", "received", "batch:done", "batch:running", "registered", "registered:already",
  "consent:kept", "consent:unchanged", "consent:replaced", "told", "issued",
]);
const WARN = new Set([
  "validity:2", "validity:3", "validity:4", "validity:5", "segment:2", "in progress",
  "MOCK-NOT-REGISTERED", "MOCK-SELF-INFO-REFUSED", "MOCK-SERVICE-PROCESSING",
]);

// What this page does not know is never shown as good.
export function mood(outcome) {
  if (GOOD.has(outcome)) return "good";
  return WARN.has(outcome) || !/^(MOCK-|segment:9)/.test(outcome) ? "warn" : "bad";
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
