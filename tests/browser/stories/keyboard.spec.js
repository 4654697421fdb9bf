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
