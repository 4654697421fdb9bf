// A member's page beside the list, on a wide screen: one address for both.
import { expect, test } from "../steps/world.js";

const ROOM = { width: 1500, height: 900 };

test("a member opens beside the list where there is room, and as a page where there is none", async ({ world }) => {
  const { first } = world;
  const admin = await world.administratorOf(first);
  const person = await world.stranger("Besina", "Wide");
  await person.signsUpThrough(first);
  await admin.entersWithPassword(first);
  await admin.approves(person, first);
  const list = new URL("/members?q=besina", first.base_url).href;
  const member = admin.id("members").locator("td a").first();
  const beside = admin.page.locator("aside.beside");

  await admin.page.setViewportSize(ROOM);
  await admin.opens(list);
  await test.step("beside the list, at the member's own address", async () => {
    await member.click();
    await expect(beside.locator("h1")).toHaveText("Besina Wide");
    await expect(beside).toBeFocused();
    await expect(admin.id("members")).toBeVisible();
    await expect(admin.page).toHaveURL(/\/members\/[0-9a-f-]{36}$/);
    await expect(admin.page).toHaveTitle(/^Besina Wide/);
    await admin.looks("member-beside");
    await admin.page.setViewportSize(ROOM);
  });
  await test.step("Escape closes it, and the list is as it was", async () => {
    await admin.page.keyboard.press("Escape");
    await expect(beside).toHaveCount(0);
    await expect(member).toBeFocused();
    await admin.isAt(list);
    await admin.page.goForward();
    await expect(beside.locator("h1")).toHaveText("Besina Wide");
    await admin.presses("beside-close");
    await expect(beside).toHaveCount(0);
  });
  await test.step("what is done there is done, and opened anew the address is a page", async () => {
    await member.click();
    await beside.locator("#lock").click();
    await expect(admin.id("axis-locked")).not.toHaveText("");
    await expect(admin.page).toHaveURL(/\/members\/[0-9a-f-]{36}/);
    await expect(beside).toHaveCount(0);
    await expect(admin.page.locator(".back a")).toBeVisible();
    await admin.presses("unlock");
  });
  await test.step("without room it is a page", async () => {
    await admin.page.setViewportSize({ width: 1280, height: 720 });
    await admin.opens(list);
    await member.click();
    await expect(admin.page.locator(".back a")).toBeVisible();
    await expect(beside).toHaveCount(0);
  });
});
