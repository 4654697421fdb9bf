// A person in a browser of their own. What they do is said once here; what happens to them is said in the stories.
import { expect } from "@playwright/test";
import { look } from "./look.js";

export class Person {
  constructor(world, page, troubles, who, options) {
    Object.assign(this, { world, page, troubles, ...who });
    this.scripted = options.javaScriptEnabled !== false;
    this.name = `${this.given} ${this.family}`.trim();
  }

  // --- the smallest things ---
  id(id) { return this.page.locator(`#${id}`); }
  async opens(address) { await this.page.goto(address); }
  async presses(id) { await this.id(id).click(); }
  async types(id, text) { await this.id(id).fill(text); }
  async sees(id) { await expect(this.id(id)).toBeVisible(); }
  async reads(text) { await expect(this.page.getByText(text).filter({ visible: true }).first()).toBeVisible(); }
  /** The answer before this page had this status, and it was meant so. */
  meets(status) {
    const met = this.troubles.findIndex((trouble) => trouble.startsWith(`${status} from`));
    expect(met, `a ${status} among ${JSON.stringify(this.troubles)}`).toBeGreaterThanOrEqual(0);
    this.troubles.splice(met, 1);
  }
  async isAt(address) { await expect.poll(() => this.page.url(), { timeout: 15_000 }).toMatch(pattern(address)); }

  /** Looks at the page as `look.js` says; `name` is what its pictures are called. */
  async looks(name) {
    if (this.scripted) await look(this.page, name);
  }

  // --- signing up ---
  async asksForAnAccountAt(tenant) {
    await this.opens(tenant.base_url);
    await this.presses("create-account");
    await this.types("email", this.email);
    await this.presses("send");
    await this.sees("mail-sent");
  }

  async confirms({ locale } = {}) {
    await this.types("given_name", this.given);
    await this.types("family_name", this.family);
    if (locale) await this.id("locale").selectOption(locale);
    await this.types("password", this.password);
    await this.presses("create");
  }

  /** A stranger's whole way to the first door, up to where their request stands. */
  async signsUpThrough(tenant, { locale } = {}) {
    await this.asksForAnAccountAt(tenant);
    await this.followsMail();
    await this.confirms({ locale });
    await this.asksToJoin(tenant);
  }

  // --- doors ---
  async asksToJoin(tenant) {
    await this.isAt("/join");
    await this.presses("allow");
    await this.isAt(tenant.base_url);
    await this.sees("request-standing");
  }

  async signsIn() {
    await this.types("username", this.email);
    await this.presses("next");
    await this.types("password", this.password);
    await this.presses("login");
  }

  /** Opens the tenant, with the password if it asks, with the link's question if it's the first time. */
  async entersWithPassword(tenant) {
    await this.opens(tenant.base_url);
    await this.signsIn();
    await this.isAt([tenant.base_url, "/join"]);
    if (this.page.url().includes("/join")) await this.presses("allow");
    await this.isAt(tenant.base_url);
  }

  async isInAt(tenant) {
    await this.isAt(tenant.base_url);
    await this.sees("person-menu");
    await expect(this.id("request-standing")).toHaveCount(0);
  }

  async isAskedWhoTheyAre() {
    await this.sees("username");
  }

  // --- mail, read in the browser as the demo's people do ---
  async opensMail(count = 1) {
    await this.world.inbox.newest(this.email, count);
    await this.opens(`${this.world.inbox.baseUrl}?to=${encodeURIComponent(this.email)}`);
    await this.page.locator("#messages a").first().click();
    await this.sees("links");
  }

  async followsMail(count = 1) {
    await this.opensMail(count);
    await this.page.locator("#links a").first().click();
  }

  // --- an administrator's work ---
  async opensRequestOf(person, tenant) {
    await this.opens(new URL("/requests", tenant.base_url).href);
    await this.id("requests").locator("li", { hasText: person.email }).locator("a").first().click();
    await this.sees("approve");
  }

  /** Approves with the last role that the blueprint offers; returns its key. */
  async approves(person, tenant) {
    await this.opensRequestOf(person, tenant);
    const role = await this.id("role").locator("option").last().getAttribute("value");
    await this.id("role").selectOption(role);
    await this.presses("approve");
    await this.sees("requests");
    return role;
  }

  async rejects(person, tenant, reason) {
    await this.opensRequestOf(person, tenant);
    await this.types("reason", reason);
    await this.presses("reject");
    await this.sees("requests");
  }

  /** Chooses the language in the menu at the upper right. */
  async speaks(language) {
    await this.id("person-menu").locator("summary").click();
    await this.id("person-menu").locator(`button[lang=${language}]`).click();
    await expect(this.page.locator("html")).toHaveAttribute("lang", language);
  }

  // --- leaving ---
  async signsOut() {
    await this.id("person-menu").locator("summary").click();
    await this.presses("sign-out");
  }
}

/** An address, or the beginning of a path, or one of several. */
function pattern(address) {
  const one = (text) => (text.startsWith("/") ? `^https?://[^/]+${escape(text)}` : `^${escape(text.replace(/\/$/, ""))}`);
  return new RegExp([address].flat().map(one).join("|"));
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
