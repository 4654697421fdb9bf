// The little of a browser that a sign-in needs: cookies, redirects, forms. No scripts: every page works without.
// Cookies belong to a host, as in browsers, where ports don't matter.
export class Browser {
  #jar = new Map();

  /** Follows redirects and "continuing to …" pages until the address begins with `until`, or a page with a form comes. */
  async open(address, options = {}, until = undefined) {
    for (let hops = 0; hops < 20; hops++) {
      if (until && address.startsWith(until)) return { address, html: "" };
      const { host, hostname } = new URL(address);
      const cookies = [...(this.#jar.get(hostname) ?? new Map())].map(([name, value]) => `${name}=${value}`).join("; ");
      const answer = await fetch(address, { redirect: "manual", ...options, headers: { cookie: cookies, ...options.headers } });
      this.#keep(hostname, answer.headers.getSetCookie());
      const html = await answer.text();
      const next = answer.headers.get("location") ?? /http-equiv="refresh" content="\d+;\s*url=([^"]+)"/i.exec(html)?.[1];
      if (!next) {
        if (answer.status >= 400) throw new Error(`${answer.status} from ${host}: ${html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ").slice(0, 500)}`);
        return { address, html };
      }
      address = new URL(unescape(next), address).href;
      options = {};
    }
    throw new Error(`too many redirects, last to ${address}`);
  }

  /** Fills in the page's form that has a field or button `holds`, presses `button`, and goes on. */
  async submit({ address, html }, holds, values, until) {
    const form = [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].find(([, , inside]) => inside.includes(`id="${holds}"`));
    if (!form) throw new Error(`no form with “${holds}” at ${address}`);
    const fields = new URLSearchParams();
    for (const [input] of form[2].matchAll(/<input\b[^>]*>/g)) {
      const { name, value = "", type } = attributes(input);
      if (name && !["checkbox", "radio", "submit"].includes(type)) fields.set(name, value);
    }
    const pressed = attributes(new RegExp(`<button\\b[^>]*id="${holds}"[^>]*>`).exec(form[2])?.[0] ?? "");
    if (pressed.name) fields.set(pressed.name, pressed.value ?? "");
    for (const [name, value] of Object.entries(values)) fields.set(name, value);
    const action = new URL(attributes(`<form ${form[1]}>`).action ?? address, address);
    const headers = { origin: action.origin, "sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded" };
    return this.open(action.href, { method: "POST", body: fields.toString(), headers }, until);
  }

  #keep(hostname, lines) {
    const jar = this.#jar.get(hostname) ?? new Map();
    for (const line of lines) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(line);
      if (/max-age=0(;|$)/i.test(line) || value === "") jar.delete(name);
      else jar.set(name, value);
    }
    this.#jar.set(hostname, jar);
  }
}

const attributes = (tag) => Object.fromEntries([...tag.matchAll(/\s([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name, value && unescape(value)]));

const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const unescape = (text) => text.replace(/&(?:#(x?\w+)|(\w+));/g, (all, code, name) =>
  code ? String.fromCodePoint(Number(code.startsWith("x") ? `0${code}` : code)) : NAMED[name] ?? all);
