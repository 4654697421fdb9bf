import { expect, test } from "../steps/world.js";

test("a platform-wide application asks, and takes no for an answer", async ({ world }) => {
  const { first, second, demo } = world;
  const inkwell = demo.applications.find((application) => !application.tenant);
  const person = await world.personWho("active", first);
  const signInFor = async (tenant) => {
    await person.opens(inkwell.base_url);
    await person.types("tenant", tenant.slug);
    await person.presses("sign-in");
  };
  await person.opens(inkwell.base_url);
  await person.looks("platform-application");
  await signInFor(first);
  await person.signsIn();
  await person.isAt("/consent");
  await person.looks("consent");
  await person.presses("deny");
  await person.isAt(inkwell.base_url);
  await expect(person.id("error-code")).toHaveText("access_denied");
  person.meets(403);
  await person.looks("application-denied");

  await signInFor(first);
  await person.isAt("/consent"); // a no is not remembered as a yes
  await person.presses("allow");
  await person.isAt(inkwell.base_url);
  await expect(person.id("tenant")).toHaveText(first.slug);
  await expect(person.id("roles")).not.toBeEmpty();
  await person.looks("platform-application-signed-in");
});

test("for a tenant that one is no member of, nothing is told", async ({ world }) => {
  const { first, second, demo } = world;
  const inkwell = demo.applications.find((application) => !application.tenant);
  const person = await world.administratorOf(first);
  await person.opens(inkwell.base_url);
  await person.types("tenant", second.slug);
  await person.presses("sign-in");
  await person.signsIn();
  // Whether she is a member there is hers to tell: only after that word is the door looked at.
  await person.presses("allow");
  await person.sees("not-a-member");
  await person.looks("not-a-member");
  await person.presses("deny");
  await person.isAt(inkwell.base_url);
  await expect(person.id("error-code")).toHaveText("access_denied");
  person.meets(403);
});
