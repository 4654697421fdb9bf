// Finds what is said in the wrong language: the English messages of every crate, as patterns.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const CRATES = fileURLToPath(new URL("../../../crates/", import.meta.url));

function messages(language) {
  const found = new Map();
  for (const crate of readdirSync(CRATES)) {
    const folder = `${CRATES}${crate}/locales/${language}/`;
    for (const file of existsSync(folder) ? readdirSync(folder) : []) {
      // One-line messages; those with variants are few, and the crates' own tests read them.
      for (const [, key, text] of readFileSync(folder + file, "utf8").matchAll(/^([a-z][\w-]*) *= *(.+)$/gm)) {
        found.set(`${crate}/${key}`, text.trim());
      }
    }
  }
  return found;
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const hasWords = (text) => /[a-z]{2}/.test(text.replace(/\{[^}]*\}/g, ""));
const asPattern = (text) => new RegExp(`^${text.split(/\{[^}]*\}/).map(escape).join(".+")}$`);

/** What of `said` is an English message whose German differs, or a key that has no message. */
export function notGerman(said) {
  const [english, german] = [messages("en"), messages("de")];
  const patterns = (texts) => texts.filter(hasWords).map(asPattern);
  const wrong = patterns([...english].filter(([key, text]) => german.get(key) !== text).map(([, text]) => text));
  const right = patterns([...german.values()]);
  const matches = (text) => (pattern) => pattern.test(text);
  return said.filter((text) => /\[[a-z]+(-[a-z]+)*\]/.test(text) || (wrong.some(matches(text)) && !right.some(matches(text))));
}

/** Every text that a person would see or hear on the page. */
export const everythingSaid = (page) => page.evaluate(() => {
  const said = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest("script, style, [lang]:not(html)")) said.push(walk.currentNode.data);
  for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
    said.push(...["aria-label", "placeholder", "title", "alt"].map((name) => element.getAttribute(name) ?? ""));
  }
  return said.map((text) => text.replace(/\s+/g, " ").trim()).filter(Boolean);
});
