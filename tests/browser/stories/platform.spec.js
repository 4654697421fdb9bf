// Whoever runs the platform: tenants, applications, and the one page that shows a secret.
import { expect, test } from "../steps/world.js";

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

test("for everybody else there is no platform", async ({ world }) => {
  const { demo, first } = world;
  const admin = await world.administratorOf(first);
  await admin.entersWithPassword(first);
  await admin.opens(new URL("/admin", demo.identity.base_url).href);
  admin.meets(404);
  await admin.sees("error-reference");
});
