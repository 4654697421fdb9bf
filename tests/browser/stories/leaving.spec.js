// Leaving a tenant by oneself: what happens is said before, and a browser that was left open does not do it.
import { expect, test } from "../steps/world.js";

test("leaving takes a second look and a fresh sign-in", async ({ world }) => {
  const { first } = world;
  const person = await world.stranger("Lea", "Lindqvist");
  const admin = await world.administratorOf(first);
  const at = (path) => new URL(path, first.base_url).href;
  await person.signsUpThrough(first);
  await admin.entersWithPassword(first);
  await admin.approves(person, first);

  await test.step("a page says what happens", async () => {
    await person.opens(at("/profile"));
    await person.looks("profile-with-leave");
    await person.presses("leave");
    await person.sees("leave-what-happens");
    await person.looks("leave");
  });
  await test.step("proving once more who one is leads back to it", async () => {
    await person.opens(at("/auth/login?return_to=/leave&fresh=1"));
    await person.isAskedWhoTheyAre();
    await person.signsIn();
    await person.isAt(at("/leave"));
  });
  await test.step("then it is done", async () => {
    await person.presses("leave-now");
    await person.isAt(at("/leave/done"));
    await person.looks("left");
    await person.opens(at("/profile"));
    await person.isAt(["/login", "/closed"]);
  });
  await test.step("an administrator is told, and may ask them to stay", async () => {
    await admin.opensMail();
    await admin.opens(at("/members?q=lindqvist"));
    await admin.id("members").locator("a", { hasText: "Lea Lindqvist" }).first().click();
    await admin.looks("member-who-asked-to-leave");
    await admin.presses("see-states");
    await expect(admin.id("can-happen")).toContainText("Kept after all");
    await admin.looks("states-of-who-asked-to-leave");
  });
});
