// `test` with a world: the demo, its mail, and people, each with a browser context of their own.
import { test as base, expect } from "@playwright/test";
import { readFileSync } from "node:fs";
import { startBrowser } from "./browser.js";
import { Inbox } from "./inbox.js";
import { Person } from "./person.js";
import { watch } from "./watch.js";

class World {
  #browser; #people = []; #number = 0;

  constructor(demo, browser) {
    this.demo = demo;
    this.#browser = browser;
    this.inbox = new Inbox(demo.inbox);
    [this.first, this.second] = demo.tenants;
  }

  /** The tenant's relying application. */
  applicationOf(tenant) {
    return this.demo.applications.find((application) => application.tenant === tenant.slug);
  }

  /** Somebody whom the demo doesn't know, with an address of their own. `options` are Playwright's of a context. */
  async stranger(given, family, options = {}) {
    const plain = given.toLowerCase().replace(/[^a-z]/g, "").slice(0, 20) || "somebody";
    const email = `${plain}.${Date.now().toString(36)}${this.#number++}@example.com`;
    return this.#enter({ given, family, email, password: "correct horse battery staple" }, options);
  }

  /** Somebody of demo.json: one of `people`, or a tenant's administrator. */
  async known({ name, email, password }, options = {}) {
    return this.#enter({ given: name, family: "", email, password }, options);
  }

  async administratorOf(tenant, options = {}) {
    return this.known(tenant.admins[0], options);
  }

  /** One of demo.json's people whose standing at the tenant is `state`, and who isn't its administrator. */
  async personWho(state, tenant) {
    const admins = tenant.admins.map(({ email }) => email);
    return this.known(this.demo.people.find(({ email, tenants }) => tenants[tenant.slug] === state && !admins.includes(email)));
  }

  async #enter(who, options) {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 800 }, locale: "en-GB", reducedMotion: "reduce", colorScheme: "light", ...options });
    const page = await context.newPage();
    const person = new Person(this, page, watch(page), who, options);
    this.#people.push(person);
    return person;
  }

  async end() {
    const troubles = this.#people.flatMap((person) => person.troubles);
    for (const person of this.#people) await person.page.context().close();
    expect(troubles, "what no page may do").toEqual([]);
  }
}

export const test = base.extend({
  demo: [async ({}, use) => use(JSON.parse(readFileSync(process.env.LATCHKEY_DEMO_JSON, "utf8"))), { scope: "worker" }],
  chromium: [async ({ demo }, use) => {
    const { browser, end } = await startBrowser(demo.ca_file);
    await use(browser);
    await end();
  }, { scope: "worker" }],
  world: async ({ demo, chromium }, use) => {
    const world = new World(demo, chromium);
    await use(world);
    await world.end();
  },
});
export { expect };
