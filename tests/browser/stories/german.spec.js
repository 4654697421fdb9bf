import { expect, test } from "../steps/world.js";
import { everythingSaid, notGerman } from "../steps/languages.js";

test("who reads German reads nothing else", async ({ world }) => {
  const { first } = world;
  const german = { locale: "de-DE" };
  const person = await world.stranger("Jürgen-Wolfgang", "von und zu Schaumburg-Lippe-Übelacker", german);
  const admin = await world.administratorOf(first, german);
  const reads = async (somebody, name) => {
    await expect(somebody.page.locator("html")).toHaveAttribute("lang", "de");
    expect(notGerman(await everythingSaid(somebody.page)), `not German on “${name}”`).toEqual([]);
    await somebody.looks(`de-${name}`);
  };
  await person.opens(first.base_url);
  await reads(person, "login");
  await person.presses("create-account");
  await reads(person, "signup");
  await person.types("email", person.email);
  await person.presses("send");
  await person.sees("mail-sent");
  await reads(person, "signup-sent");
  const mail = await world.inbox.newest(person.email);
  expect(notGerman([mail.subject, ...mail.text.split("\n").filter(Boolean)]), "not German in the mail").toEqual([]);
  await person.followsMail();
  await reads(person, "signup-confirm");
  await person.confirms({ locale: "de" });
  await person.isAt("/join");
  await reads(person, "join");
  await person.asksToJoin(first);
  await reads(person, "to-review");
  await admin.entersWithPassword(first);
  await admin.speaks("de"); // her account says English, whatever her browser prefers
  await reads(admin, "home-administrator");
  await admin.opensRequestOf(person, first);
  await reads(admin, "request");
  await admin.opens(new URL("/members", first.base_url).href);
  await reads(admin, "members");
  await admin.opens(new URL("/members/states", first.base_url).href);
  await reads(admin, "states");
  for (const path of ["audit", "service-accounts", "settings/fields", "members/import"]) {
    await admin.opens(new URL(`/${path}`, first.base_url).href);
    await reads(admin, path.replace("/", "-"));
  }
  await admin.approves(person, first);
  await person.followsMail(2);
  await person.isInAt(first);
  await reads(person, "home-member");
  await person.opens(new URL("/leave", first.base_url).href);
  await reads(person, "leave");
  await person.opens(new URL("/account", world.demo.identity.base_url).href);
  await reads(person, "account");
  await person.signsOut();
  await reads(person, "logout");
});
