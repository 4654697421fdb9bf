// Looking at a page: accessible in both schemes, no sideways scrolling at 320 px, nothing cut; with PICTURES=1 also
// photographed. A finding fails the story without ending it: one run finds them all.
import { expect } from "@playwright/test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = fileURLToPath(new URL("../pictures/", import.meta.url));
const WIDE = { width: 1280, height: 800 };
export const WIDTHS = [320, 768, 1280];

export async function look(page, name) {
  await page.evaluate(() => document.fonts.ready);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect.soft(await findings(page), `axe-core on “${name}”, ${colorScheme}`).toEqual([]);
    if (process.env.PICTURES) await photograph(page, name, colorScheme);
  }
  await page.setViewportSize({ width: 320, height: 800 });
  expect.soft(await sideways(page), `“${name}” scrolls sideways at 320 px`).toEqual([]);
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

// Given over the debugging protocol, not as a <script>: the page's content security policy stays as it is.
async function findings(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { preload: false }));
  return violations.map((rule) => `${rule.id} (${rule.impact}): ${rule.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

/** The elements that stand out at the right, if the page is wider than its window. */
const sideways = (page) => page.evaluate(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > width + 1);
  return wide.map((element) => `${element.tagName.toLowerCase()}#${element.id}.${element.className}`).slice(0, 8);
});

async function photograph(page, name, colorScheme) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: `${PICTURES}${name}-${width}-${colorScheme}.png`, fullPage: true, animations: "disabled" });
  }
  await page.setViewportSize(WIDE);
}
