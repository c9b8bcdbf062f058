// The page's words in one language, from the server's catalogue. What breaks if wrong: a button without a name.
let known = {};
export let lang = "ja";

export async function speak(wanted) {
  const answer = await fetch(`words/${wanted}.json`);
  if (!answer.ok) throw new Error(`words ${answer.status}`);
  known = await answer.json();
  lang = wanted;
  localStorage.setItem("madoguchi-lang", wanted);
  document.documentElement.lang = wanted;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
  for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = word(element.dataset.placeholder);
  for (const element of document.querySelectorAll("[data-key]")) element.title = `${element.textContent.trim()} [${element.dataset.key}]`;
}

export function word(id, params = {}) {
  const text = known[id] ?? id;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

export function knows(id) {
  return id in known;
}
