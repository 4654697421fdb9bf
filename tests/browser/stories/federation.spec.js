// The company directory as a provider: who comes by it, who links it, and who is told what is in the way.
import { expect, test } from "../steps/world.js";
import { proves } from "../steps/directory.js";

const account = (world, path = "") => new URL(`/account${path}`, world.demo.identity.base_url).href;
const provider = (world, owner) => world.demo.providers.find((one) => one.owner === owner);
const atDirectory = (world, email) => world.demo.directory.find((one) => one.email === email);

test("somebody new comes by the directory, links nothing by an address alone, and keeps the last way in", async ({ world }) => {
  const badge = atDirectory(world, "nora@contoso.example");
  const nora = await world.stranger("Nora", "Lindqvist");

  await test.step("the typed address leads to the provider", async () => {
    await nora.opens(account(world));
    await nora.looks("login-with-providers");
    await nora.types("username", badge.email);
    await nora.presses("next");
    await nora.sees("of-domain");
    await nora.looks("password-with-provider");
    await nora.presses("of-domain");
  });

  await test.step("an account of hers begins", async () => {
    await proves(nora, badge);
    await nora.isAt("/account");
    await nora.reads("Nora");
    await nora.opens(account(world, "/sign-in"));
    await nora.reads("Your only way in");
    await nora.looks("sign-in-ways");
  });
});

test("a person links the directory, is told of a conflict, and unlinks it", async ({ world }) => {
  const priya = await world.known(world.demo.people.find(({ email }) => email === "priya@contoso.example"));
  const badge = atDirectory(world, "priya@contoso.example");
  const key = provider(world, null).slug;

  await test.step("the address is hers, and the page asks for a proof", async () => {
    await priya.opens(account(world));
    await priya.presses(`by-${key}`);
    await proves(priya, badge);
    await priya.isAt("/link");
    await priya.sees("offer");
    await priya.looks("link-offer");
    await priya.types("password", priya.password);
    await priya.presses("link");
    await priya.isAt("/account");
  });

  await test.step("somebody else cannot have it", async () => {
    const other = await world.stranger("Otto", "Other");
    await other.signsUpThrough(world.first);
    await other.opens(account(world, "/sign-in"));
    await other.presses(`link-${key}`);
    await proves(other, badge);
    await other.reads("can’t be linked here");
    other.meets(403);
    await expect(other.page.locator("body")).not.toContainText(priya.email);
    await other.looks("link-conflict");
  });

  await test.step("she unlinks it, and keeps her password", async () => {
    await priya.opens(account(world, "/sign-in"));
    await priya.looks("sign-in-ways-linked");
    await priya.presses(`unlink-${key}`);
    await priya.isAt("/account/sign-in");
    await priya.reads("It is unlinked");
  });
});

test("the platform's providers are looked at, tested, disabled and enabled", async ({ world }) => {
  const tove = await world.known(world.demo.identity.admin);
  await tove.opens(new URL("/admin/providers", world.demo.identity.base_url).href);
  await tove.signsIn();
  await tove.looks("admin-providers");
  await tove.presses("new-entra");
  await tove.looks("admin-new-provider");
  await tove.page.goBack();
  await tove.page.getByRole("link", { name: "Contoso", exact: true }).click();
  await tove.presses("test");
  await expect(tove.id("checks")).toContainText("the token endpoint knows this client");
  await tove.looks("admin-provider-tested");
  await tove.presses("disable");
  await expect(tove.id("provider-state")).toContainText("Disabled");
  await tove.presses("enable");
  await expect(tove.id("provider-state")).toContainText("Enabled");
});

test("a tenant's administrator adds a provider of its own, tests it, and removes it", async ({ world }) => {
  const [tenant] = world.demo.tenants;
  const admin = await world.known(tenant.admins[0]);
  await admin.opens(new URL("/providers", tenant.base_url).href);
  await admin.signsIn();
  await admin.isAt("/providers");
  await admin.looks("own-providers");
  await admin.presses("new-provider");
  await admin.looks("own-providers-choose");
  await admin.presses("new-generic");
  await admin.looks("own-provider-new");
  const contoso = world.demo.providers.find((one) => one.owner === tenant.slug);
  for (const [field, value] of Object.entries({ name: "Partner", key: "partner", issuer: contoso.issuer, client_id: "nobody", client_secret: "x" })) {
    await admin.page.fill(`#${field}`, value);
  }
  await admin.presses("add-provider");
  await admin.presses("test");
  await expect(admin.id("checks")).toContainText("Wrong");
  await admin.looks("own-provider-tested");
  await admin.presses("remove");
  await admin.looks("own-provider-remove");
  await admin.presses("remove-provider");
  await admin.reads("The provider is removed");
});
