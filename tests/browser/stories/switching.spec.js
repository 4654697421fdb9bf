// Who opens the tenant to whom: one member is switched to the tenant's own provider, then several, and taken back.
import { expect, test } from "../steps/world.js";
import { proves } from "../steps/directory.js";

test("an administrator switches one member, who comes in by the provider alone", async ({ world }) => {
  const { first } = world;
  const own = world.demo.providers.find(({ owner }) => owner === first.slug);
  const admin = await world.administratorOf(first);
  const tomas = await world.known(world.demo.people.find(({ email }) => email === "tomas@aurora.example"));
  const badge = world.demo.directory.find(({ email }) => email === tomas.email);
  await tomas.entersWithPassword(first);
  await tomas.isInAt(first);

  await test.step("the page says what will happen before it does", async () => {
    await admin.entersWithPassword(first);
    await admin.opens(new URL("/members?q=tomas", first.base_url).href);
    await admin.id("members").locator("td a").first().click();
    await admin.presses("switch-provider");
    await admin.looks("member-provider");
    await admin.page.locator(`input[name="provider"][value="${own.slug}"]`).check();
    await admin.presses("look");
    await expect(admin.id("effects")).toContainText(own.name);
    await admin.looks("member-provider-confirm");
    await admin.presses("switch");
    await expect(admin.id("provider")).toHaveText(own.name);
    await admin.looks("member-federated");
  });

  await test.step("the session of before has ended, and the password opens nothing here", async () => {
    await tomas.opens(first.base_url);
    await tomas.sees("elsewhere");
    await tomas.looks("elsewhere");
    await tomas.presses("continue-with");
    await proves(tomas, badge);
    await tomas.isInAt(first);
    await tomas.opens(new URL("/profile", first.base_url).href);
    await tomas.sees("own-provider");
    await tomas.looks("profile-federated");
  });

  await test.step("what nobody can take back is said before it is done", async () => {
    await tomas.opens(new URL("/account/sign-in", world.demo.identity.base_url).href);
    // Its key has a dot.
    const unlink = tomas.page.locator(`[id="unlink-here-${own.slug}"]`);
    await expect(unlink).toBeHidden();
    await tomas.page.locator(`[id="ask-unlink-here-${own.slug}"]`).click();
    await tomas.reads("can’t be taken back");
    await expect(unlink).toBeVisible();
    await tomas.looks("unlink-for-good");
  });
});

test("several are switched after a dry run, and taken back", async ({ world }) => {
  const { first } = world;
  const own = world.demo.providers.find(({ owner }) => owner === first.slug);
  const admin = await world.administratorOf(first);
  await admin.entersWithPassword(first);

  await test.step("the dry run sorts everybody before anything is done", async () => {
    await admin.opens(new URL("/members?q=aurora.example", first.base_url).href);
    await admin.opens(new URL("/members?role=viewer", first.base_url).href);
    await admin.page.locator("[data-all]").check();
    await admin.presses("bulk-switch");
    await admin.page.locator(`input[name="provider"][value="${own.slug}"]`).check();
    await admin.looks("job-switch");
    await admin.presses("look");
    await expect(admin.id("start")).toBeVisible({ timeout: 15_000 });
    await admin.looks("job-switch-sorted");
  });
  await test.step("then they are switched, and taken back", async () => {
    await admin.presses("start");
    await expect(admin.id("job-state")).toHaveText("Done", { timeout: 15_000 });
    await admin.looks("job-switched");
    await admin.presses("undo-job");
    await expect(admin.id("start")).toBeVisible({ timeout: 15_000 });
    await admin.presses("start");
    await expect(admin.id("job-state")).toHaveText("Done", { timeout: 15_000 });
    await admin.opens(new URL(`/members?provider=${own.slug}&role=viewer`, first.base_url).href);
    await admin.sees("no-filter");
  });
});
