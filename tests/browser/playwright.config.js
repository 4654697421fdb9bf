import { defineConfig } from "@playwright/test";

// One story after the other: they share one demo, as its people do, and two cores.
export default defineConfig({
  testDir: "stories",
  outputDir: "test-results",
  globalSetup: "./steps/demo.js",
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  // The longest stories look at every page in both schemes; with PICTURES=1 they photograph it at three widths.
  timeout: 300_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: { actionTimeout: 10_000, navigationTimeout: 15_000, trace: "retain-on-failure", screenshot: "only-on-failure" },
});
