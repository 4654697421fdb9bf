// A tenant's own terms. They are the second tenant's: whoever enters it after this story is asked to accept them. This file is the last by its name for that.
import { expect, test } from "../steps/world.js";

test("terms are written, read by everyone, and accepted once", async ({ world }) => {
  const { second: tenant } = world;
  const at = (path) => new URL(path, tenant.base_url).href;
  const admin = await world.administratorOf(tenant);
  const guest = await world.stranger("Gerd", "Guest");
  const text = "# House rules\n\nBe kind to each other.\n\n- Ask before you share.\n- Give back what you borrow.";

  await test.step("an administrator writes, looks at it, and publishes", async () => {
    await admin.entersWithPassword(tenant);
    await admin.opens(at("/settings/terms"));
    await admin.types("body", text);
    await admin.presses("preview");
    await expect(admin.id("terms-preview").locator("li")).toHaveCount(2);
    await admin.looks("terms-settings-preview");
    await admin.types("address", "http://nowhere.example");
    await admin.presses("publish");
    admin.meets(422);
    await admin.looks("terms-settings-wrong");
    await admin.types("address", "");
    await admin.presses("publish");
  });
  await test.step("and is asked like everybody, and comes back to what they did", async () => {
    await admin.isAt(at("/accept"));
    await admin.looks("accept");
    await admin.presses("accept");
    await admin.isAt(at("/settings/terms"));
    await admin.sees("versions");
    await admin.looks("terms-settings");
    await admin.opens(at("/members"));
    await admin.isAt(at("/members"));
  });
  await test.step("everyone reads them, from the sign-in page too", async () => {
    await guest.opens(tenant.base_url);
    await guest.isAskedWhoTheyAre();
    await guest.page.getByRole("link", { name: "Terms" }).click();
    await guest.isAt(at("/terms"));
    await guest.reads("Be kind to each other.");
    await guest.looks("terms");
    await guest.opens(at("/privacy"));
    await guest.sees("terms-text");
  });
  await test.step("whoever comes new accepts them before they see where they stand", async () => {
    await guest.asksForAnAccountAt(tenant);
    await guest.followsMail();
    await guest.confirms();
    await guest.isAt("/join");
    await guest.presses("allow");
    await guest.isAt(at("/accept"));
    await guest.looks("accept-of-who-asks-to-join");
    await guest.presses("accept");
    await guest.sees("request-standing");
  });
});
