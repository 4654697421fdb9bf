// Roles that follow the directory's groups, and why a login by it has ended.
import { expect, test } from "../steps/world.js";
import { proves } from "../steps/directory.js";

const own = (world) => world.demo.providers.find(({ owner }) => owner === world.first.slug);
const badgeOf = (world, address) => world.demo.directory.find(({ email }) => email === address);
const at = (tenant, path) => new URL(path, tenant.base_url).href;

test("a group of the directory gives a role, and the member's page says so", async ({ world }) => {
  const { first } = world;
  const key = own(world).slug;
  const admin = await world.administratorOf(first);
  const ingrid = await world.known(world.demo.people.find(({ email }) => email === "ingrid@aurora.example"));
  const rolesOf = async (member) => {
    await admin.opens(at(first, `/members?q=${encodeURIComponent(member.email)}`));
    await admin.id("members").locator("td a").first().click();
  };

  await test.step("two are there from the beginning", async () => {
    await admin.entersWithPassword(first);
    await rolesOf(ingrid);
    await expect(admin.page.locator(".by-group").first()).toContainText("Picture Desk");
    await admin.looks("member-by-group");
    await admin.opens(at(first, `/providers/${key}/groups`));
    await admin.reads("Picture Desk");
    await admin.looks("groups");
  });

  await test.step("a third one is added", async () => {
    await admin.types("group", "Everyone");
    await admin.id("role").selectOption("editor");
    await admin.presses("add-group");
    await admin.reads("Everyone");
  });

  await test.step("who comes by the directory has what its groups give", async () => {
    await ingrid.opens(first.base_url);
    await ingrid.presses(`by-${key.replace(".", "\\.")}`);
    await proves(ingrid, badgeOf(world, ingrid.email));
    await ingrid.isAt("/link");
    await ingrid.types("password", ingrid.password);
    await ingrid.presses("link");
    await ingrid.isInAt(first);
    await expect(async () => {
      await rolesOf(ingrid);
      await expect(admin.page.locator(".by-group", { hasText: "Picture Desk" })).toBeVisible();
    }).toPass();
  });

  await test.step("what a group gave ends with it", async () => {
    await admin.opens(at(first, `/providers/${key}/groups`));
    await admin.id("groups").locator("tr", { hasText: "Everyone" }).locator("button").click();
    await expect(admin.id("groups")).not.toContainText("Everyone");
  });
});

test("an administrator finds out why a login has ended by the reference on its page", async ({ world }) => {
  const { first } = world;
  const wei = await world.stranger("Wei", "Chen");
  await wei.opens(first.base_url);
  await wei.presses(`by-${own(world).slug.replace(".", "\\.")}`);
  const badge = badgeOf(world, "wei@aurora.example");
  await wei.page.waitForURL(/127\.0\.0\.8|directory\.localhost/);
  await wei.types("username", badge.email);
  await wei.presses("next");
  await wei.types("password", badge.password);
  await wei.presses("login");
  await wei.presses("deny");
  await wei.sees("error-reference");
  wei.meets(403);
  await wei.looks("upstream-refused");
  const reference = await wei.id("error-reference").textContent();

  const admin = await world.administratorOf(first);
  await admin.entersWithPassword(first);
  await admin.opens(at(first, "/audit"));
  await admin.presses("ended-logins");
  await admin.types("reference", reference);
  await admin.presses("find-login");
  await expect(admin.id("there")).toContainText(reference);
  await admin.looks("audit-login");
});

test("a mail says how somebody signs in here, and the page does not", async ({ world }) => {
  const { first } = world;
  const mina = await world.known(world.demo.people.find(({ email }) => email === "mina@hollis.studio"));
  await mina.opens(first.base_url);
  await mina.presses("how");
  await mina.looks("login-how");
  await mina.types("email", mina.email);
  await mina.presses("send");
  await mina.sees("mail-sent");
  await mina.looks("login-how-sent");
  const mail = await world.inbox.newest(mina.email);
  expect(mail.text).toContain(first.name);
});

test("a provider is known by a key of ours, which is made, shown and followed by another", async ({ world }) => {
  const { first } = world;
  const admin = await world.administratorOf(first);
  await admin.entersWithPassword(first);
  await admin.opens(at(first, "/providers/new?preset=generic"));
  const { issuer } = own(world);
  for (const [field, value] of Object.entries({ name: "Signed", key: "signed", issuer, client_id: "nobody" })) await admin.types(field, value);
  await expect(admin.id("client_secret")).toBeVisible();
  await expect(admin.id("private_key")).toBeHidden();
  await admin.id("method").selectOption("private_key_jwt");
  await expect(admin.id("client_secret")).toBeHidden();
  await admin.looks("own-provider-by-key");
  await admin.presses("add-provider");
  await admin.sees("jwks-uri");
  await admin.page.locator("#keys summary").click();
  await admin.looks("own-provider-keys");
  const published = async () => (await (await fetch(await admin.id("jwks-uri").textContent())).json()).keys.length;
  expect(await published()).toBe(1);
  await admin.presses("next-key");
  await admin.sees("use-key");
  expect(await published()).toBe(2);
  await admin.presses("use-key");
  await admin.sees("next-key");
  expect(await published()).toBe(1);
  await admin.presses("mapping");
  await admin.looks("own-provider-mapping");
  await admin.types("groups", "teams");
  await admin.presses("save");
  await admin.presses("remove");
  await admin.presses("remove-provider");
  await admin.reads("The provider is removed");
});
