// The admin API. A refusal is told with its sentence and remedy; nothing fails silently.
import { toast } from "./page.js";
import { lang, word } from "./words.js";

export async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: { "Accept-Language": lang, ...(method === "GET" ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    toast(word("error.unreachable"));
    throw new Error("unreachable");
  }
  const said = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const error = said.error ?? { message: `HTTP ${answer.status}`, remedy: "" };
    toast(`${error.message} ${error.remedy}`);
    throw new Error(error.code ?? String(answer.status));
  }
  return said;
}

export const get = (path) => ask("GET", path);
