// What was done, other systems, and views that are kept.
import { expect, test } from "../steps/world.js";

test("an administrator keeps a view, reads the log, and lets a system in", async ({ world }) => {
  const { first } = world;
  const admin = await world.administratorOf(first);
  await admin.entersWithPassword(first);
  await test.step("a view is kept under a name", async () => {
    await admin.opens(new URL("/members?role=editor", first.base_url).href);
    await admin.page.locator("#save-view summary").click();
    await admin.page.locator("#save-view #name").fill("Editors of ours");
    await admin.presses("save");
    await expect(admin.id("views")).toContainText("Editors of ours");
    await admin.looks("members-view");
    await admin.presses("forget-view");
  });
  await test.step("the log says who did what", async () => {
    await admin.opens(new URL("/audit", first.base_url).href);
    await expect(admin.id("audit")).toContainText("Signed in");
    await admin.looks("audit");
    await admin.types("since", new Date().toISOString().slice(0, 10));
    await admin.presses("apply");
    await expect(admin.id("audit")).toContainText("Signed in");
    await admin.opens(new URL("/members?q=role:administrator", first.base_url).href);
    await admin.id("members").locator("tbody a").first().click();
    await admin.presses("own-log");
    await admin.looks("audit-of-a-member");
  });
  await test.step("another system is let in", async () => {
    await admin.opens(new URL("/service-accounts", first.base_url).href);
    await admin.looks("service-accounts");
    await admin.types("name", "Payroll");
    await admin.types("client_id", "payroll-of-tests");
    await admin.presses("create");
    await expect(admin.page.locator("h1")).toContainText("Payroll");
    await admin.opens(new URL("/roles", first.base_url).href);
    await admin.looks("roles");
  });
});
