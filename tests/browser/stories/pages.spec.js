// Pages that the other stories don't come by, and people whose names are not like ours.
import { expect, test } from "../steps/world.js";

test("an administrator's other pages", async ({ world }) => {
  const { first } = world;
  const admin = await world.administratorOf(first);
  await admin.entersWithPassword(first);
  for (const page of ["roles", "profile"]) {
    await admin.opens(new URL(`/${page}`, first.base_url).href);
    await admin.looks(page);
  }
  await admin.opens(new URL("/members", first.base_url).href);
  await admin.id("members").locator("a").first().click();
  await admin.sees("timeline");
  await admin.looks("member");
  await admin.presses("see-states");
  await admin.sees("standing");
  await admin.looks("states");
});

test("who is locked is told so after proof, and nothing before", async ({ world }) => {
  const { first } = world;
  const person = await world.personWho("locked", first);
  await person.opens(first.base_url);
  await person.signsIn();
  await person.sees("closed-why");
  person.meets(403);
  await person.looks("closed");
});

test("an address that doesn't exist says so, at every door", async ({ world }) => {
  const { first, second, demo, inbox } = world;
  const person = await world.stranger("Lost", "Soul");
  const doors = [demo.identity.base_url, first.base_url, second.base_url, inbox.baseUrl, ...demo.applications.map(({ base_url }) => base_url)];
  for (const [number, door] of doors.entries()) {
    await person.opens(new URL("/no-such-page", door).href);
    person.meets(404);
    await person.sees("error-reference");
    await person.looks(`not-found-${number}`);
  }
});

test("names of all kinds", async ({ world }) => {
  const { first } = world;
  const admin = await world.administratorOf(first);
  await admin.entersWithPassword(first);
  const people = {
    "right-to-left": ["نور الدين", "الأنصاري"],
    emoji: ["🌱 Wren", "O’Neill-Ñandú 👩‍🎨"],
    long: ["Wolfeschlegelsteinhausenbergerdorff".repeat(2), "Hubert Blaine ".repeat(5).trim()],
  };
  for (const [kind, [given, family]] of Object.entries(people)) {
    const person = await world.stranger(given, family);
    await person.signsUpThrough(first);
    await person.looks(`to-review-${kind}`);
    await admin.opensRequestOf(person, first);
    await expect(admin.page.locator("h1")).toContainText(given);
    await admin.looks(`request-${kind}`);
    await admin.approves(person, first);
    await person.opens(first.base_url);
    await person.isInAt(first);
    await person.looks(`home-${kind}`);
    await person.opens(new URL("/account", world.demo.identity.base_url).href);
    await person.looks(`account-${kind}`);
  }
  await admin.opens(new URL("/members", first.base_url).href);
  await admin.looks("members-all-kinds");
});
