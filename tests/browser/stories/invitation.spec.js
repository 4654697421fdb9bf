// An administrator looks for people, invites one, and follows the invitation's way; the invited person follows the mail in a
// browser of their own, chooses a password and is in.
import { expect, test } from "../steps/world.js";

test("an administrator filters and invites, the invited person is in", async ({ world }) => {
  const { first } = world;
  const admin = await world.administratorOf(first);
  const vera = await world.stranger("Vera", "Lindqvist");

  await test.step("the list is searched and narrowed", async () => {
    await admin.entersWithPassword(first);
    await admin.opens(new URL("/members", first.base_url).href);
    await admin.types("q", "isLocked:true role:viewer");
    await admin.page.keyboard.press("Enter");
    await admin.isAt(new URL("/members?locked=true&role=viewer", first.base_url).href);
    await expect(admin.id("members").locator("tbody tr").first()).toContainText("Locked");
    await admin.looks("members-filtered");
    await admin.id("filter-menu").locator("summary").click();
    await admin.looks("members-filters");
    await admin.id("locked").selectOption("");
    await admin.id("role").selectOption("");
    await admin.id("state").selectOption("to_review");
    await admin.presses("apply");
    await admin.isAt(new URL("/members?state=to_review", first.base_url).href);
    await admin.types("q", "nobody at all");
    await admin.page.keyboard.press("Enter");
    await admin.sees("no-filter");
    await admin.looks("members-nobody");
    await admin.presses("no-filter");
  });

  await test.step("somebody is invited", async () => {
    await admin.presses("invite");
    await admin.looks("invite");
    await admin.types("given_name", vera.given);
    await admin.types("family_name", vera.family);
    await admin.types("email", "nonsense");
    await admin.presses("create");
    admin.meets(422);
    await admin.looks("invite-wrong");
    await admin.types("email", vera.email);
    await admin.page.locator("input[value=editor]").check();
    await admin.types("message", "See you on Monday, then we go through the spring catalogue.");
    await admin.presses("create");
    await expect(admin.id("member-state")).toContainText("Invited");
    await admin.looks("member-invited");
  });

  await test.step("the invited person follows the mail", async () => {
    await vera.opensMail();
    await vera.looks("inbox-invitation");
    await vera.page.locator("#links a").first().click();
    await vera.sees("invited-by");
    await vera.looks("invitation");
    await vera.types("password", vera.password);
    await vera.presses("create");
    await vera.isInAt(first);
    await expect(vera.id("own-roles")).toContainText("Editor");
  });

  await test.step("a link works once", async () => {
    await vera.opensMail();
    await vera.page.locator("#links a").first().click();
    await vera.reads("This invitation does not work any more");
    vera.meets(410);
    await vera.looks("invitation-spent");
  });

  await test.step("the administrator sees that they came", async () => {
    await admin.page.reload();
    await expect(admin.id("axis-authorization")).toContainText("Reviewed");
    await expect(admin.id("invitations")).toContainText("Accepted");
    await admin.looks("member-accepted");
  });

  await test.step("the ledger of everybody tells of it, and leads back to them", async () => {
    await admin.opens(new URL("/members", first.base_url).href);
    await admin.presses("see-invitations");
    await admin.looks("ledger");
    await admin.presses("state-accepted");
    await expect(admin.id("ledger")).toContainText(vera.email);
    await admin.looks("ledger-accepted");
    await admin.id("ledger").locator("a", { hasText: vera.family }).click();
    await expect(admin.id("member-state")).toContainText("Active");
    await admin.opens(new URL("/members/invitations?state=failed", first.base_url).href);
    await admin.looks("ledger-none");
  });
});

test("who has an account signs in and accepts, in German and without a script at the inviter's", async ({ world }) => {
  const { first, second } = world;
  const nils = await world.stranger("Nils", "Bergström", { locale: "de-DE" });
  await nils.signsUpThrough(first, { locale: "de" });
  await nils.page.context().clearCookies();
  const owner = await world.administratorOf(second, { javaScriptEnabled: false });
  await owner.entersWithPassword(second);
  await owner.opens(new URL("/members/invite", second.base_url).href);
  await owner.types("given_name", nils.given);
  await owner.types("family_name", nils.family);
  await owner.types("email", nils.email);
  await owner.id("locale").selectOption("de");
  await owner.presses("create");
  await owner.sees("invitations");

  await nils.followsMail(2);
  await nils.sees("sign-in-to-accept");
  await nils.looks("invitation-sign-in-german");
  await nils.presses("sign-in-to-accept");
  await nils.signsIn();
  await nils.sees("accept");
  await nils.looks("invitation-accept-german");
  await nils.presses("accept");
  await nils.isInAt(second);
});
