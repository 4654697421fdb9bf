// The demo that the stories are lived in: the one of LATCHKEY_DEMO_JSON (tests/run gives it), else one of their own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export default async function setup() {
  if (process.env.LATCHKEY_DEMO_JSON) return;
  const withDemo = fileURLToPath(new URL("../../with-demo", import.meta.url));
  const demo = spawn(withDemo, { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await Promise.race([once(demo.stdout, "data"), once(demo, "exit").then(() => [""])]);
  process.env.LATCHKEY_DEMO_JSON = String(line).trim();
  if (!process.env.LATCHKEY_DEMO_JSON) throw new Error("the demo did not start; tests/with-demo says why");
  return async () => {
    demo.stdin.end();
    const [code] = await once(demo, "exit");
    if (code !== 0) throw new Error("the demo did not end well; tests/with-demo says why");
  };
}
