// Whoever runs the platform: tenants, applications, and the one page that shows a secret.
import { expect, test } from "../steps/world.js";
import { everythingSaid, notGerman } from "../steps/languages.js";

test("the platform's administrator makes a tenant and an application, and looks at every page on the way", async ({ world }) => {
  const { demo, first } = world;
  const admin = await world.known(demo.identity.admin);
  const at = (path) => new URL(path, demo.identity.base_url).href;
  await admin.opens(at("/admin"));
  await admin.signsIn();
  await admin.isAt("/admin");
  await admin.looks("admin-overview");
  await admin.presses("new-tenant");
  await admin.looks("admin-new-tenant");
  const slug = `fjord-${Date.now().toString(36)}`;
  for (const [field, text] of Object.entries({ name: "Fjord Archive", slug, base_url: `https://${slug}.example` })) {
    await admin.types(field, text);
  }
  await admin.types("email", "ada@fjord.example");
  await admin.types("base_url", "https://fjord.example/with/a/path");
  await admin.presses("create-tenant");
  admin.meets(422);
  await admin.sees("base_url-error");
  await admin.looks("admin-new-tenant-wrong");
  await admin.types("base_url", `https://${slug}.example`);
  await admin.presses("create-tenant");
  await expect(admin.id("enrolment-code")).toHaveText(/^[\w-]{64}$/);
  await admin.looks("admin-code");
  await admin.presses("code-done");
  await admin.looks("admin-tenant-waiting");
  for (const [name, path] of Object.entries({
    tenants: "/admin/tenants", tenant: `/admin/tenants/${first.slug}`, branding: `/admin/tenants/${first.slug}/branding`,
    suspend: `/admin/tenants/${slug}/suspend`, delete: `/admin/tenants/${slug}/delete`,
    applications: "/admin/applications", "new-application": "/admin/applications/new",
  })) {
    await admin.opens(at(path));
    await admin.looks(`admin-${name}`);
  }
  await admin.types("name", "Reading Room");
  await admin.types("redirect_uris", "https://room.example/cb");
  await admin.presses("register");
  await expect(admin.id("client-secret")).toHaveText(/^[\w-]{43}$/);
  await admin.looks("admin-secret");
  await admin.presses("secret-done");
  await admin.looks("admin-application");
  await admin.speaks("de");
  await admin.reads("Anwendung");
  await admin.looks("admin-application-german");
  // Gone again: the demo stays as it was.
  await admin.opens(at(`/admin/tenants/${slug}/delete`));
  await admin.types("slug", slug);
  await admin.presses("delete-do");
  await admin.isAt("/admin/tenants");
});

test("a tenant gets a picture of its own, and gives it back", async ({ world }) => {
  const { demo, second } = world;
  const admin = await world.known(demo.identity.admin);
  const guest = await world.stranger("Gus", "Guest");
  const choose = (name, mimeType, buffer) => admin.id("file").setInputFiles({ name, mimeType, buffer });
  await admin.opens(new URL(`/admin/tenants/${second.slug}/branding`, demo.identity.base_url).href);
  await admin.signsIn();
  await choose("logo.svg", "image/svg+xml", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"));
  await admin.presses("upload-logo");
  admin.meets(422);
  await admin.sees("file-error");
  await admin.looks("admin-branding-wrong");
  // Any picture does: this page's own, a corner of it.
  await choose("logo.png", "image/png", await admin.page.screenshot({ clip: { x: 0, y: 0, width: 220, height: 56 } }));
  await admin.presses("upload-logo");
  await admin.sees("remove-logo");
  await admin.looks("admin-branding-picture");
  await guest.opens(second.base_url);
  await guest.isAskedWhoTheyAre();
  const loaded = await guest.page.locator(".logo.picture img").evaluate((image) => image.complete && image.naturalWidth);
  expect(loaded).toBe(220);
  await guest.looks("login-picture");
  await admin.presses("remove-logo");
  await expect(admin.id("remove-logo")).toHaveCount(0);
});

test("administrators of the platform come and go, and all pages speak German", async ({ world }) => {
  const { demo, first } = world;
  const admin = await world.known(demo.identity.admin);
  const at = (path) => new URL(path, demo.identity.base_url).href;
  const { email } = first.admins[0];
  await admin.opens(at("/admin/administrators"));
  await admin.signsIn();
  await admin.isAt("/admin/administrators");
  await admin.types("email", "nobody@example.com");
  await admin.presses("add-administrator");
  admin.meets(422);
  await admin.sees("email-error");
  await admin.looks("admin-administrators-wrong");
  await admin.types("email", email);
  await admin.presses("add-administrator");
  const row = admin.id("administrators").locator("tr", { hasText: email });
  await expect(row).toBeVisible();
  await admin.looks("admin-administrators");
  await row.locator("a").click();
  await admin.sees("remove-administrator");
  await admin.looks("admin-remove-administrator");
  await admin.speaks("de");
  const remove = admin.page.url();
  for (const [name, path] of Object.entries({
    overview: "/admin", tenants: "/admin/tenants", "new-tenant": "/admin/tenants/new", tenant: `/admin/tenants/${first.slug}`,
    branding: `/admin/tenants/${first.slug}/branding`, suspend: `/admin/tenants/${first.slug}/suspend`,
    delete: `/admin/tenants/${first.slug}/delete`, applications: "/admin/applications",
    administrators: "/admin/administrators", remove,
  })) {
    await admin.opens(at(path));
    expect(notGerman(await everythingSaid(admin.page)), `not German on “${name}”`).toEqual([]);
    await admin.looks(`de-admin-${name}`);
  }
  await admin.presses("remove-administrator");
  await expect(row).toHaveCount(0);
});

test("for everybody else there is no platform", async ({ world }) => {
  const { demo, first } = world;
  const admin = await world.administratorOf(first);
  await admin.entersWithPassword(first);
  await admin.opens(new URL("/admin", demo.identity.base_url).href);
  admin.meets(404);
  await admin.sees("error-reference");
});
