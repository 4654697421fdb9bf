// The main job, as it is lived: sign up once, be let in, open a second door with the same identity, sign in to an
// application, leave from everywhere. Every page on the way is looked at.
import { expect, test } from "../steps/world.js";

test("one identity opens two doors", async ({ world }) => {
  const { first, second } = world;
  const mina = await world.stranger("Mina", "Okafor");
  const admin = await world.administratorOf(first);
  let role;

  await test.step("a stranger signs up through the first tenant", async () => {
    await mina.opens(first.base_url);
    await mina.looks("login");
    await mina.presses("create-account");
    await mina.looks("signup");
    await mina.types("email", mina.email);
    await mina.presses("send");
    await mina.sees("mail-sent");
    await mina.looks("signup-sent");
    await mina.opensMail();
    await mina.looks("inbox-message");
    await mina.page.locator("#links a").first().click();
    await mina.looks("signup-confirm");
    await mina.confirms();
    await mina.isAt("/join");
    await mina.reads(first.name);
    await mina.looks("join");
    await mina.asksToJoin(first);
    await mina.looks("to-review");
    await mina.types("message", "I work with Samira on the spring catalogue.");
    await mina.presses("send-message");
    await mina.sees("request-standing");
  });

  await test.step("its administrator approves with a role", async () => {
    await admin.opens(first.base_url);
    await admin.types("username", admin.email);
    await admin.presses("next");
    await admin.looks("password");
    await admin.types("password", admin.password);
    await admin.presses("login");
    await admin.isInAt(first);
    await admin.looks("home-administrator");
    await admin.opens(new URL("/requests", first.base_url).href);
    await admin.looks("requests");
    await admin.opensRequestOf(mina, first);
    await expect(admin.id("request-message")).toContainText("spring catalogue");
    await admin.looks("request");
    role = await admin.approves(mina, first);
    await admin.opens(new URL("/members", first.base_url).href);
    await expect(admin.id("members")).toContainText(mina.name);
    await admin.looks("members");
  });

  await test.step("the person gets a mail and is in", async () => {
    await mina.followsMail(2);
    await mina.isInAt(first);
    await mina.looks("home-member");
  });

  await test.step("the second door asks for no password", async () => {
    await mina.opens(second.base_url);
    await mina.isAt("/join");
    await mina.reads(second.name);
    await mina.asksToJoin(second);
    const other = await world.administratorOf(second);
    await other.entersWithPassword(second);
    await other.approves(mina, second);
    await mina.followsMail(3);
    await mina.isInAt(second);
  });

  await test.step("the tenant's application knows her and her role", async () => {
    const application = world.applicationOf(first);
    await mina.opens(application.base_url);
    await mina.looks("application");
    await mina.presses("sign-in");
    await mina.isAt(application.base_url);
    await expect(mina.id("name")).toHaveText(mina.name);
    await expect(mina.id("subject")).not.toBeEmpty();
    await expect(mina.id("tenant")).toHaveText(first.slug);
    await expect(mina.id("roles")).toContainText(role);
    await mina.looks("application-signed-in");
  });

  await test.step("the switcher shows both doors", async () => {
    await mina.opens(first.base_url);
    await mina.page.locator("a", { hasText: "Other instances" }).first().click();
    await mina.isAt("/account/instances");
    await expect(mina.id("instances")).toContainText(first.name);
    await expect(mina.id("instances")).toContainText(second.name);
    await mina.looks("account-instances");
    await mina.opens(new URL("/account", world.demo.identity.base_url).href);
    await mina.looks("account");
  });

  await test.step("leaving one tenant leaves that one only", async () => {
    await mina.opens(second.base_url);
    await mina.isInAt(second);
    await mina.signsOut();
    await mina.sees("sign-in-again");
    await mina.looks("signed-out");
    await mina.opens(first.base_url);
    await mina.isInAt(first);
    // The next entry asks who it is, since somebody else may sit there now.
    await mina.opens(second.base_url);
    await mina.isAt("/login/accounts");
    await mina.looks("accounts");
    await mina.presses("choose");
    await mina.isInAt(second);
  });

  await test.step("leaving everywhere ends every session", async () => {
    await mina.opens(new URL("/account", world.demo.identity.base_url).href);
    await mina.signsOut();
    await mina.looks("logout");
    await mina.presses("logout-confirm");
    await mina.sees("logged-out");
    await mina.looks("logged-out");
    for (const tenant of [first, second]) {
      // Delivered by back-channel, durably: a moment later the tenant has forgotten her too.
      await expect(async () => {
        await mina.opens(tenant.base_url);
        await expect(mina.id("username")).toBeVisible({ timeout: 1_000 });
      }).toPass({ timeout: 15_000 });
    }
  });
});
