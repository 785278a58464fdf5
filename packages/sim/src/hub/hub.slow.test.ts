import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { prng } from "../prng.ts";
import { plan } from "./actions.ts";
import { runHub } from "./run.ts";
import { shrinkSteps } from "./shrink.ts";

const FOR_MS = 120_000;
const REQUESTS = 300;

test("fresh seeds against the whole hub, for two minutes", { timeout: 10 * 60_000 }, async () => {
  const end = Date.now() + FOR_MS;
  do {
    const seed = randomInt(2 ** 32);
    const steps = plan(prng(seed), REQUESTS);
    const { failure } = await runHub(seed, steps);
    if (!failure) continue;
    const small = await shrinkSteps(seed, steps, failure);
    const list = small.actions.map((step) => JSON.stringify(step)).join("\n");
    expect.fail(
      `seed ${seed}: ${failure.message}\nagain: npm run sim -- ${seed} --requests ${REQUESTS}\nthe fewest steps:\n${list}`,
    );
  } while (Date.now() < end);
});
