import { expect, test } from "../steps/world.js";

test("who is rejected reads why", async ({ world }) => {
  const { second } = world;
  const person = await world.stranger("Ruben", "Vale");
  await person.signsUpThrough(second);
  const admin = await world.administratorOf(second);
  await admin.entersWithPassword(second);
  await admin.rejects(person, second, "Please write from your work address.");
  await person.opensMail(2);
  await person.opens(second.base_url);
  await person.reads("Please write from your work address.");
  await person.looks("rejected");
});

test("a link opened on another device signs in that device alone", async ({ world }) => {
  const { first } = world;
  const here = await world.stranger("Ada", "Twoscreens");
  await here.asksForAnAccountAt(first);
  const there = await world.stranger("Ada", "Twoscreens");
  Object.assign(there, { email: here.email });
  await there.followsMail();
  await there.confirms();
  await there.sees("welcome");
  await there.looks("welcome");
  // The waiting browser got nothing from it: there she signs in with the new password, and her request goes on.
  await here.presses("confirmed");
  await here.types("password", here.password);
  await here.presses("login");
  await here.asksToJoin(first);
});

test("a wrong password and an unknown address get one answer", async ({ world }) => {
  const { first } = world;
  const answers = [];
  for (const address of [first.admins[0].email, "nobody@example.com"]) {
    const person = await world.stranger("Any", "Body");
    await person.opens(first.base_url);
    await person.types("username", address);
    await person.presses("next");
    await person.types("password", "not the password at all");
    await person.presses("login");
    await person.sees("password-error");
    person.meets(422);
    answers.push((await person.id("password-error").innerText()).replace(/\S+\s*$/, ""));
    await expect(person.id("password")).toHaveValue("");
    await person.looks("password-refused");
  }
  expect(answers[0]).toBe(answers[1]);
});
