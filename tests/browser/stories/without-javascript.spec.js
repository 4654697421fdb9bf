import { expect, test } from "../steps/world.js";

test("the whole way without JavaScript", async ({ world }) => {
  const { first, second } = world;
  const plain = { javaScriptEnabled: false };
  const person = await world.stranger("Noa", "Plain", plain);
  const admin = await world.administratorOf(first, plain);
  await person.signsUpThrough(first);
  await admin.entersWithPassword(first);
  const role = await admin.approves(person, first);
  await person.followsMail(2);
  await person.isInAt(first);
  await person.opens(second.base_url);
  await person.asksToJoin(second);
  await person.opens(world.applicationOf(first).base_url);
  await person.presses("sign-in");
  await expect(person.id("name")).toHaveText(person.name);
  await expect(person.id("roles")).toContainText(role);
  await person.opens(new URL("/account", world.demo.identity.base_url).href);
  await person.signsOut();
  await person.presses("logout-confirm");
  await person.sees("logged-out");
});
