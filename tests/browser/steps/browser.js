// Debian's Chromium, trusting the demo's CA by a certificate store that is thrown away, never by ignoring errors.
import { chromium } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

export async function startBrowser(caFile) {
  const home = mkdtempSync(join(tmpdir(), "latchkey-browser-"));
  if (caFile) {
    const store = `sql:${join(home, ".pki/nssdb")}`;
    mkdirSync(join(home, ".pki/nssdb"), { recursive: true });
    execFileSync("certutil", ["-N", "-d", store, "--empty-password"]);
    execFileSync("certutil", ["-A", "-d", store, "-n", "demo", "-t", "C,,", "-i", caFile]);
  }
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGS, env: { ...process.env, HOME: home } });
  return { browser, end: async () => { await browser.close(); rmSync(home, { recursive: true, force: true }); } };
}
