import { describe } from "vitest";

// Read by the harness when it is loaded.
process.env.COINHOLDER_TEST_HTTP_WORKERS = "2";

/** What hubs must pass with workers before them as without. */
const SUITES = {
  authentication: () => import("../authentication.test.ts"),
  "every function": () => import("../every-function.slow.test.ts"),
  "bad input": () => import("../bad-input.test.ts"),
  "long bodies": () => import("../long-bodies.test.ts"),
  abuse: () => import("../abuse.test.ts"),
  passwords: () => import("../passwords.slow.test.ts"),
  "behind a proxy": () => import("../proxy.test.ts"),
  slowloris: () => import("../slowloris.slow.test.ts"),
  "Mt Gox": () => import("../../mtgox/mtgox.slow.test.ts"),
  story: () => import("../../story.test.ts"),
  "stream: accounts": () => import("../../stream/accounts.test.ts"),
  "stream: books": () => import("../../stream/book.slow.test.ts"),
  "stream: refusals": () => import("../../stream/refusals.test.ts"),
  "stream: slow readers": () => import("../../stream/slow-reader.test.ts"),
};

for (const [name, load] of Object.entries(SUITES))
  describe(`with HTTP workers: ${name}`, async () => {
    await load();
  });
