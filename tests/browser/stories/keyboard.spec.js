import { expect, test } from "../steps/world.js";

/** Presses Tab until the focus is on `id`; the focus must be visible at each stop. */
async function tabsTo(person, id) {
  for (let stop = 0; stop < 25; stop++) {
    const focus = await person.page.evaluate(() => {
      const at = document.activeElement;
      const style = getComputedStyle(at);
      const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
      return { id: at.id, tag: at.tagName, ring };
    });
    if (focus.tag !== "BODY") expect(focus.ring, `a focus ring on ${focus.tag} #${focus.id}`).toBe(true);
    if (focus.id === id) return;
    await person.page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reaches #${id}`);
}

test("signing in by keyboard alone", async ({ world }) => {
  const { first } = world;
  const admin = await world.administratorOf(first);
  const { keyboard } = admin.page;
  await admin.opens(first.base_url);
  await expect(admin.id("username")).toBeFocused();
  await keyboard.type(admin.email);
  await keyboard.press("Enter");
  await expect(admin.id("password")).toBeFocused();
  await keyboard.type(admin.password);
  await tabsTo(admin, "login");
  await keyboard.press("Enter");
  await admin.isInAt(first);
  // The first stop leads past the navigation.
  await keyboard.press("Tab");
  await expect(admin.page.locator("a.skip")).toBeFocused();
});

test("the inbox of requests by keyboard", async ({ world }) => {
  const { first } = world;
  const admin = await world.administratorOf(first);
  for (const family of ["Early", "Late"]) {
    const person = await world.stranger("Kaya", family);
    await person.signsUpThrough(first);
  }
  await admin.entersWithPassword(first);
  const { keyboard } = admin.page;
  const names = admin.id("requests").locator(".who > a");
  const inbox = new URL("/requests", first.base_url).href;
  await admin.opens(inbox);
  await expect(admin.page.locator("[data-keys]")).toBeVisible();
  await keyboard.press("j");
  await expect(names.nth(0)).toBeFocused();
  await keyboard.press("j");
  await expect(names.nth(1)).toBeFocused();
  await keyboard.press("k");
  await expect(names.nth(0)).toBeFocused();
  const chosen = await names.nth(0).textContent();
  await keyboard.press("a");
  await expect(admin.page.locator("h1")).toHaveText(chosen);
  await expect(admin.id("role")).toBeFocused();
  // What is typed into a field is no key.
  await keyboard.press("Tab");
  await keyboard.press("r");
  await admin.page.locator("h1").click();
  await keyboard.press("r");
  await expect(admin.id("reason")).toBeFocused();
  await keyboard.type("a r");
  await expect(admin.id("reason")).toHaveValue("a r");
  await admin.opens(inbox);
  await keyboard.press("j");
  await keyboard.press("r");
  await expect(admin.id("reason")).toBeFocused();
});
