// One deed done to many: chosen in the list, looked at, done, taken back.
import { expect, test } from "../steps/world.js";

test("an administrator locks two people and takes it back", async ({ world }) => {
  const { first } = world;
  const admin = await world.administratorOf(first);
  const people = [];
  for (const given of ["Anna", "Bruno"]) {
    const person = await world.stranger(given, "Bulk");
    await person.signsUpThrough(first);
    people.push(person);
  }
  await admin.entersWithPassword(first);
  for (const person of people) await admin.approves(person, first);

  await test.step("a selection says how many of it each button will affect", async () => {
    await admin.opens(new URL("/members?q=bulk", first.base_url).href);
    await expect(admin.id("bulk")).toBeHidden();
    const boxes = admin.page.locator('input[name="member[]"]');
    await boxes.first().click();
    await boxes.last().click({ modifiers: ["Shift"] });
    await expect(admin.id("bulk-lock")).toContainText("2/2");
    await expect(admin.id("bulk-unlock")).toBeHidden();
    await admin.looks("members-selected");
  });
  await test.step("arrows go on from where the mouse was, shift and space take what is between, and Enter opens", async () => {
    await admin.opens(new URL("/members?q=bulk", first.base_url).href);
    const boxes = admin.page.locator('input[name="member[]"]');
    await boxes.last().click();
    await admin.page.keyboard.press("ArrowUp");
    await expect(boxes.first()).toBeFocused();
    await admin.page.keyboard.press("Shift+Space");
    await expect(admin.id("bulk-lock")).toContainText("2/2");
    await expect(admin.id("bulk")).toBeInViewport();
    const name = await admin.page.locator("tr:has(input[name='member[]']) a").first().textContent();
    await admin.page.keyboard.press("Enter");
    await expect(admin.page.locator("h1").last()).toContainText(name);
    await admin.opens(new URL("/members?q=bulk", first.base_url).href);
    await boxes.first().click();
    await boxes.last().click({ modifiers: ["Shift"] });
  });
  await test.step("nothing is done before it was looked at", async () => {
    await admin.presses("bulk-lock");
    await expect(admin.id("job-affects")).toContainText("2 of 2");
    await admin.looks("job-ready");
    await admin.presses("start");
    await expect(admin.id("job-state")).toHaveText("Done", { timeout: 15_000 });
    await expect(admin.id("outcomes")).toContainText("2");
    await admin.looks("job-done");
  });
  await test.step("and it can be taken back", async () => {
    await admin.presses("undo-job");
    await admin.presses("start");
    await expect(admin.id("job-state")).toHaveText("Done", { timeout: 15_000 });
    await admin.opens(new URL("/members?q=bulk&locked=true", first.base_url).href);
    await admin.sees("no-filter");
    await admin.opens(new URL("/jobs", first.base_url).href);
    await admin.looks("jobs");
  });
  await test.step("what is stopped says of nobody that it will be done", async () => {
    await admin.opens(new URL("/members?q=bulk", first.base_url).href);
    await admin.page.locator('input[name="member[]"]').first().click();
    await admin.presses("bulk-lock");
    await expect(admin.id("outcomes")).toContainText("Will be done");
    await admin.presses("cancel");
    await expect(admin.id("outcomes")).toContainText("Not reached");
    await admin.looks("job-stopped");
  });
});

test("roles for many by keyboard, and one member deleted and brought back", async ({ world }) => {
  const { first } = world;
  const admin = await world.administratorOf(first);
  const person = await world.stranger("Dora", "Single");
  await person.signsUpThrough(first);
  await admin.entersWithPassword(first);
  await admin.approves(person, first);
  await test.step("roles for many, by keyboard", async () => {
    await admin.opens(new URL("/members?q=single", first.base_url).href);
    await admin.page.keyboard.press("ArrowDown");
    await admin.page.keyboard.press("Space");
    await expect(admin.id("bulk-roles")).toContainText("1/1");
    await admin.presses("bulk-roles");
    await admin.looks("job-roles");
    await admin.page.locator('input[name="role[]"]').nth(1).check();
    await admin.presses("look");
    await admin.presses("start");
    await expect(admin.id("job-state")).toHaveText("Done", { timeout: 15_000 });
  });
  await test.step("deleting one asks first, and can be taken back", async () => {
    await admin.opens(new URL("/members?q=single", first.base_url).href);
    await admin.id("members").locator("td a").first().click();
    await admin.looks("member-active");
    await admin.presses("assign-roles");
    await admin.looks("member-roles");
    await admin.page.goBack();
    await admin.presses("delete");
    await admin.looks("member-delete");
    await admin.presses("delete");
    await admin.sees("reactivate");
    await admin.looks("member-deleted");
    await admin.presses("reactivate");
    await admin.sees("lock");
  });
});

test("everyone who fits, and a job that goes on while nobody looks", async ({ world }) => {
  const { first } = world;
  const at = (path) => new URL(path, first.base_url).href;
  const admin = await world.administratorOf(first);
  await admin.entersWithPassword(first);
  const { keyboard } = admin.page;
  // At the end of the list: other stories look at its first page.
  const crowd = `Zander${Date.now().toString(36)}`;
  await test.step("more people than a page shows", async () => {
    const lines = Array.from({ length: 60 }, (_, n) => `${crowd}.${n}@elsewhere.example,Zoe,${crowd},active,viewer`);
    const text = ["email,given_name,family_name,state,roles", ...lines].join("\r\n");
    await admin.opens(at("/members/import"));
    await admin.id("file").setInputFiles({ name: "crowd.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await admin.presses("look");
    await admin.id("start").click({ timeout: 15_000 });
    await expect(admin.id("import-state")).toHaveText("Done", { timeout: 15_000 });
  });
  await test.step("a slash leads to the search", async () => {
    await admin.opens(at("/members"));
    await keyboard.press("/");
    await expect(admin.id("q")).toBeFocused();
    await keyboard.type(crowd);
    await expect(admin.id("q")).toHaveValue(crowd);
    await keyboard.press("Enter");
    await admin.isAt(at(`/members?q=${crowd}`));
  });
  await test.step("a range, a page, everyone", async () => {
    const boxes = admin.page.locator('input[name="member[]"]');
    const selected = admin.id("bulk").locator("[data-selected]");
    await expect(boxes).toHaveCount(50);
    await boxes.nth(1).click();
    await boxes.nth(5).click({ modifiers: ["Shift"] });
    await expect(selected).toHaveText("Selected: 5");
    await expect(admin.id("bulk-lock")).toContainText("5/5");
    await admin.page.locator("[data-all]").click();
    await expect(selected).toHaveText("Selected: 50");
    await expect(admin.id("bulk-lock")).toContainText("50/50");
    await admin.looks("members-page-selected");
    await admin.id("select-all").check();
    await expect(selected).toHaveText("Selected: 60");
    await expect(admin.id("bulk-lock")).not.toContainText("/");
    await admin.looks("members-everyone-selected");
  });
  await test.step("the job is everyone's, not the page's, and is found again", async () => {
    await admin.presses("bulk-lock");
    await expect(admin.id("job-affects")).toContainText("60 of 60");
    const job = admin.page.url();
    await admin.presses("start");
    await expect(admin.id("start")).toHaveCount(0);
    await admin.opens(at("/jobs"));
    await admin.id("jobs").locator("tbody a").first().click();
    await admin.isAt(job);
    await expect(admin.id("job-state")).toHaveText("Done", { timeout: 15_000 });
    await expect(admin.id("job")).toContainText("Changed: 60.");
    await expect(admin.id("job-progress")).toHaveAttribute("value", "60");
  });
});

test("a job without JavaScript", async ({ world }) => {
  const { first } = world;
  const admin = await world.administratorOf(first, { javaScriptEnabled: false });
  await admin.entersWithPassword(first);
  await admin.opens(new URL("/members", first.base_url).href);
  await admin.page.locator('input[name="member[]"]').first().check();
  await admin.presses("bulk-lock");
  await admin.sees("job-affects");
});
