// A forgotten password, and ending a session from another browser.
import { expect, test } from "../steps/world.js";
import { everythingSaid, notGerman } from "../steps/languages.js";

const account = (world, path = "") => new URL(`/account${path}`, world.demo.identity.base_url).href;

/** Somebody new with an account, signed in at the account page of the browser that made it. */
async function somebody(world, given, family, options) {
  const person = await world.stranger(given, family, options);
  await person.signsUpThrough(world.first);
  return person;
}

/** The same person in another browser. */
async function elsewhere(world, person, options) {
  return Object.assign(await world.stranger(person.given, person.family, options), { email: person.email, password: person.password });
}

test("a forgotten password is replaced by mail, and every other session ends", async ({ world }) => {
  const { first } = world;
  const before = await somebody(world, "Ines", "Forgetful");
  const person = await elsewhere(world, before);
  await person.opens(first.base_url);
  await person.types("username", person.email);
  await person.presses("next");
  await person.looks("password");
  await person.presses("forgotten");
  await person.isAt("/recover");
  await expect(person.id("email")).toHaveValue(person.email);
  await person.looks("recover");
  await person.presses("send");
  await person.sees("mail-sent");
  await person.looks("recover-sent");
  await person.followsMail(2);
  await person.sees("reset");
  await person.looks("recover-reset");
  await person.types("password", "short");
  await person.presses("reset");
  await person.sees("password-error");
  person.meets(422);
  await person.looks("recover-reset-refused");
  await person.types("password", "a sentence that is new");
  await person.presses("reset");
  await person.sees("ended-sessions");
  await expect(person.id("ended")).toContainText("One session has ended");
  await person.looks("password-changed");
  await person.presses("go-on");
  await person.isAt(first.base_url);
  await person.sees("request-standing");

  // What was open before is over, and the old link too.
  await before.opens(account(world));
  await before.isAskedWhoTheyAre();
  await before.followsMail(3);
  await before.isAt("/recover"); // "It was not me", in the mail that tells of the change
  await before.opens(account(world));
  await before.types("username", before.email);
  await before.presses("next");
  await before.types("password", "a sentence that is new");
  await before.presses("login");
  await before.isAt("/account");
  const old = (await world.inbox.to(person.email)).find(({ subject }) => subject === "Choose a new password");
  await before.opens(old.links[0]);
  before.meets(410);
  await before.looks("recover-spent");
});

test("a session is ended from another browser", async ({ world }) => {
  const { first } = world;
  const laptop = await somebody(world, "Levi", "Twoscreens");
  const phone = await elsewhere(world, laptop, { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1" });
  await phone.opens(account(world));
  await phone.signsIn();
  await laptop.opens(account(world));
  await laptop.looks("account");
  await laptop.presses("see-sessions");
  await laptop.reads("Safari on iPhone");
  await laptop.looks("sessions");
  await laptop.id("sessions").locator("a").first().click();
  await laptop.sees("end");
  await laptop.looks("end-session");
  await laptop.presses("end");
  await laptop.reads("That session has ended.");
  await laptop.sees("no-others");
  await laptop.looks("sessions-alone");
  await phone.opens(account(world));
  await phone.isAskedWhoTheyAre();
  await phone.signsIn();
  await laptop.opens(account(world, "/sessions"));
  await laptop.presses("end-others");
  await laptop.looks("end-others");
  await laptop.presses("end");
  await laptop.sees("no-others");
  await phone.opens(account(world));
  await phone.isAskedWhoTheyAre();
  // The browser that ended them is still in.
  await laptop.opens(first.base_url);
  await laptop.sees("request-standing");
});

test("changing a password asks for the current one, without JavaScript too", async ({ world }) => {
  const person = await somebody(world, "Odile", "Careful", { javaScriptEnabled: false });
  const other = await elsewhere(world, person);
  await other.opens(account(world, "/password"));
  await other.signsIn();
  await other.isAt("/account/password");
  await other.looks("change-password");
  await person.opens(account(world, "/password"));
  await person.types("current", "not the current one");
  await person.types("password", "a sentence that is new");
  await person.presses("change-password");
  await person.sees("current-error");
  person.meets(422);
  await person.types("current", person.password);
  await person.types("password", "a sentence that is new");
  await person.presses("change-password");
  await person.sees("ended-sessions");
  await person.presses("see-account");
  await person.presses("see-sessions");
  await person.sees("no-others");
  await other.opens(account(world));
  await other.isAskedWhoTheyAre();
});

test("who reads German reads nothing else here", async ({ world }) => {
  const person = await world.stranger("Käthe", "Großmann", { locale: "de-DE" });
  await person.signsUpThrough(world.first, { locale: "de" });
  const other = await elsewhere(world, person, { locale: "de-DE" });
  const reads = async (somebody, name) => {
    await expect(somebody.page.locator("html")).toHaveAttribute("lang", "de");
    expect(notGerman(await everythingSaid(somebody.page)), `not German on “${name}”`).toEqual([]);
    await somebody.looks(`de-${name}`);
  };
  for (const path of ["", "/sessions", "/password"]) {
    await person.opens(account(world, path));
    await reads(person, `account${path.replace("/", "-")}`);
  }
  await other.opens(new URL("/recover", world.demo.identity.base_url).href);
  await reads(other, "recover");
  await other.types("email", other.email);
  await other.presses("send");
  await reads(other, "recover-sent");
  const mail = await world.inbox.newest(other.email, 2);
  expect(notGerman([mail.subject, ...mail.text.split("\n").filter(Boolean)]), "not German in the mail").toEqual([]);
  await other.followsMail(2);
  await reads(other, "recover-reset");
  await other.types("password", "ein Satz, der neu ist");
  await other.presses("reset");
  await other.sees("ended-sessions");
  await reads(other, "password-changed");
});
