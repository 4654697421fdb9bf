// Profile fields that a tenant keeps: one's own, others', and one that is added for a while.
import { expect, test } from "../steps/world.js";

test("a profile is filled in, looked at, and asked for", async ({ world }) => {
  const { first } = world;
  const at = (path) => new URL(path, first.base_url).href;
  const admin = await world.administratorOf(first);
  const person = await world.stranger("Pia", "Profil");
  const field = (who, key) => who.page.locator(`[id='field.${key}']`);
  await person.signsUpThrough(first);
  await admin.entersWithPassword(first);
  await admin.approves(person, first);

  await test.step("an administrator adds a field that may not be empty", async () => {
    await admin.opens(at("/settings/fields"));
    await admin.types("label", "Cost centre");
    await admin.page.getByLabel("It may not be empty").check();
    await admin.presses("add-field");
    await admin.sees("remove-cost_centre");
    await admin.looks("fields-settings");
    await admin.types("label", "cost centre");
    await admin.presses("add-field");
    admin.meets(422);
    await admin.looks("fields-settings-wrong");
  });
  await test.step("whoever lacks it is asked for it, and fills in what they like", async () => {
    await person.opens(at("/"));
    await person.looks("home-with-a-profile-to-complete");
    await person.presses("fill-in");
    await field(person, "cost_centre").fill("4711");
    await field(person, "telephone").fill("9".repeat(41));
    await person.presses("save-fields");
    person.meets(422);
    await expect(field(person, "telephone")).toBeFocused();
    await person.looks("profile-with-a-wrong-field");
    await field(person, "telephone").fill("+43 316 1234");
    await person.presses("save-fields");
    await person.reads("The profile is saved.");
    await person.looks("profile-with-fields");
  });
  await test.step("an administrator sees it, and changes it", async () => {
    await admin.opens(at("/members?q=profil"));
    await admin.id("members").locator("a", { hasText: "Pia Profil" }).first().click();
    await expect(admin.id("member-fields")).toContainText("+43 316 1234");
    await admin.presses("edit-fields");
    await admin.looks("member-fields");
    await field(admin, "department").fill("Press");
    await admin.presses("save");
    await expect(admin.id("member-fields")).toContainText("Press");
    await admin.looks("member-with-fields");
  });
  await test.step("the field gets another name and is not asked for any more", async () => {
    await admin.opens(at("/settings/fields"));
    await admin.presses("change-cost_centre");
    await admin.looks("field-settings");
    await admin.types("label", "Department code");
    await admin.page.getByLabel("It may not be empty").uncheck();
    await admin.presses("save-field");
    await admin.reads("The field is changed.");
    await expect(admin.id("fields")).toContainText("Department code");
  });
  await test.step("the field goes again", async () => {
    await admin.presses("remove-cost_centre");
    await expect(admin.id("remove-cost_centre")).toHaveCount(0);
  });
});
