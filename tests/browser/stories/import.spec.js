// Members from a file: what is wrong is told before anything is done, then it is done.
import { expect, test } from "../steps/world.js";

const file = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

test("an administrator imports members from a file", async ({ world }) => {
  const { first } = world;
  const admin = await world.administratorOf(first);
  await admin.entersWithPassword(first);
  const mark = Date.now().toString(36);
  const people = [
    "E-Mail;Vorname;Nachname;state;roles;Abteilung",
    `iris.${mark}@elsewhere.example;Iris;Import;active;viewer;A`,
    `ivo.${mark}@elsewhere.example;Ivo;Import;locked;viewer;B`,
    `IRIS.${mark}@elsewhere.example;Iris;Again;active;viewer;A`,
    "nobody;No;Body;active;viewer;C",
    `king.${mark}@elsewhere.example;King;Import;active;king;C`,
  ].join("\r\n");

  await test.step("a file of another kind is refused, and says why", async () => {
    await admin.opens(new URL("/members", first.base_url).href);
    await admin.presses("import");
    await admin.looks("import-form");
    await admin.id("file").setInputFiles(file("wrong.csv", "name;roles\r\nMina;viewer\r\n"));
    await admin.presses("look");
    admin.meets(422);
    await admin.sees("file-error");
    await admin.looks("import-refused");
  });
  await test.step("nothing is done before it was looked at", async () => {
    await admin.id("file").setInputFiles(file("people.csv", people));
    await admin.presses("look");
    await expect(admin.id("import-affects")).toContainText("2 of 5", { timeout: 15_000 });
    await expect(admin.id("only-wrong")).toContainText("3");
    await expect(admin.id("ignored")).toHaveText("Abteilung");
    await admin.reads("Line 2 has the same address.");
    await admin.looks("import-ready");
    await admin.presses("only-wrong");
    await expect(admin.id("lines").locator("tbody tr")).toHaveCount(3);
    await admin.presses("only-wrong");
  });
  await test.step("then it is done", async () => {
    await admin.presses("start");
    await expect(admin.id("import-state")).toHaveText("Done", { timeout: 15_000 });
    await expect(admin.id("only-new")).toContainText("2");
    await admin.looks("import-done");
    await admin.id("lines").locator("a", { hasText: "Iris Import" }).click();
    await admin.reads("Imported from a file");
  });
  await test.step("and once more it changes nothing", async () => {
    await admin.opens(new URL("/members/import", first.base_url).href);
    await admin.id("file").setInputFiles(file("people.csv", people));
    await admin.presses("look");
    await expect(admin.id("import-state")).toHaveText("Waits for you", { timeout: 15_000 });
    await expect(admin.id("only-unchanged")).toContainText("2");
    await expect(admin.id("start")).toHaveCount(0);
    await admin.presses("cancel");
    await expect(admin.id("import-state")).toHaveText("Stopped");
    await expect(admin.id("outcomes")).toContainText("Not reached");
    await admin.looks("import-stopped");
    await admin.opens(new URL("/members/import", first.base_url).href);
    await admin.looks("import-past");
  });
  await test.step("an old file lets nobody back in unless that is ticked, and fills in a profile", async () => {
    await admin.opens(new URL(`/members?q=iris.${mark}`, first.base_url).href);
    await admin.id("members").locator("a", { hasText: "Iris Import" }).click();
    await admin.presses("lock");
    await admin.opens(new URL("/members/import", first.base_url).href);
    const old = `email,state,field.city\r\niris.${mark}@elsewhere.example,active,Graz\r\n`;
    await admin.id("file").setInputFiles(file("old.csv", old));
    await admin.presses("look");
    await expect(admin.id("only-reopened")).toContainText("1", { timeout: 15_000 });
    await admin.reads("Would be unlocked.");
    await admin.looks("import-would-unlock");
    await admin.presses("start");
    await expect(admin.id("import-state")).toHaveText("Done", { timeout: 15_000 });
    await admin.reads("Stays locked: unlocking was not chosen.");
    await admin.looks("import-left-locked");
  });
  await test.step("the list shows the columns that one chooses", async () => {
    await admin.opens(new URL(`/members?q=${mark}`, first.base_url).href);
    await admin.id("columns-menu").locator("summary").click();
    await admin.id("columns-menu").getByLabel("City").check();
    await admin.looks("members-columns-menu");
    await admin.presses("apply-columns");
    await expect(admin.id("members").locator("thead")).toContainText("City");
    await expect(admin.id("members")).toContainText("Graz");
    await admin.looks("members-columns");
  });
  await test.step("the list leaves as CSV and as JSON lines", async () => {
    await admin.opens(new URL("/members", first.base_url).href);
    await admin.id("export").locator("summary").click();
    await admin.looks("members-export");
    for (const format of ["csv", "jsonl"]) {
      const arriving = admin.page.waitForEvent("download");
      await admin.presses(`export-${format}`);
      expect((await arriving).suggestedFilename()).toMatch(new RegExp(`^members-.*\\.${format}$`));
    }
  });
});

test("an import without JavaScript", async ({ world }) => {
  const { first } = world;
  const admin = await world.administratorOf(first, { javaScriptEnabled: false });
  await admin.entersWithPassword(first);
  await admin.opens(new URL("/members/import", first.base_url).href);
  await admin.id("file").setInputFiles(file("people.csv", "email\r\nplain@elsewhere.example\r\n"));
  await admin.presses("look");
  await admin.sees("import-affects");
});
