import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accountOf, call, type Key, must, newFolder, until } from "../testing/harness.ts";
import { invoiceText } from "../testing/invoices.ts";
import { outsideKey } from "../testing/outside-key.ts";
import { randomOf } from "../testing/random.ts";
import {
  freePorts,
  neighbours,
  type Shape,
  settled,
  shapes,
  startTownChain,
  startTownHub,
  stateAt,
  type TownHub,
} from "../testing/town.ts";

const HUBS = 10;
const random = randomOf(20_261_122);

let chain: Awaited<ReturnType<typeof startTownChain>>;
const folders = Array.from({ length: HUBS }, () => newFolder());

beforeAll(async () => {
  chain = await startTownChain();
});
afterAll(async () => {
  await chain.end();
  for (const data of folders) rmSync(data, { recursive: true, force: true });
});

const startTown = async (shape: Shape): Promise<TownHub[]> => {
  const ports = await freePorts(HUBS);
  const hubs: TownHub[] = [];
  for (const [i, data] of folders.entries()) {
    const peers = neighbours(shape, i).map((of) => ({ url: `http://127.0.0.1:${ports[of]}` }));
    hubs.push(await startTownHub({ port: ports[i]!, data, bitcoinRpc: chain.rpc, peers }));
  }
  await Promise.all(hubs.map(settled));
  return hubs;
};

/** Until all hubs tell that of it; answers after how many ms the last did. */
const everywhere = async (hubs: readonly TownHub[], address: string, state: string): Promise<number> => {
  const began = performance.now();
  const times = await Promise.all(
    hubs.map(async ({ url }) => {
      const end = began + 60_000;
      while ((await stateAt(url, address)) !== state) {
        if (performance.now() > end) throw new Error(`${url} does not say ${state} of ${address}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return performance.now() - began;
    }),
  );
  return Math.round(Math.max(...times));
};

/** How often they told each other something. */
const toldOf = async (hubs: readonly TownHub[]): Promise<number> => {
  const answers = await Promise.all(
    hubs.map(({ operator, url }) => must(url, "operator-peers", {}, operator)),
  );
  return answers.flatMap(({ peers }) => peers).reduce((sum, { refused, sent }) => sum + sent + refused, 0);
};

const { line, ring, star, tree } = shapes(HUBS, random);

describe.each(Object.entries({ line, ring, star, tree }) as [string, Shape][])(
  "ten hubs in a %s",
  (name, shape) => {
    let hubs: TownHub[];
    const keys: (Key & { account: string })[] = [];
    beforeAll(async () => {
      hubs = await startTown(shape);
      for (const { url } of hubs) keys.push(await accountOf(url));
    }, 180_000);
    afterAll(() => Promise.all(hubs.map((hub) => hub.close())), 60_000);

    test("all know an invoice, and that it was withdrawn, wherever it was made", {
      timeout: 180_000,
    }, async () => {
      const before = await toldOf(hubs);
      const known: number[] = [];
      const withdrawn: number[] = [];
      for (let round = 0; round < 4; round++) {
        const at = round === 0 ? 0 : random.below(HUBS);
        const { url } = hubs[at]!;
        const posted = await until(
          () => call(url, "new-invoice", { amount: "0.001" }, keys[at]),
          ({ status }) => status === 200,
          60_000,
        );
        const { btc_address } = posted.body.invoice as { btc_address: string };
        known.push(await everywhere(hubs, btc_address, "open"));
        await must(url, "withdraw-invoice", { invoice_bitcoin_address: btc_address }, keys[at]);
        withdrawn.push(await everywhere(hubs, btc_address, "withdrawn"));
      }
      // One that came from elsewhere, at the last hub.
      const key = outsideKey();
      const invoice_json = invoiceText(key);
      await must(hubs.at(-1)!.url, "broadcast-invoice", { invoice_json, signature: key.sign(invoice_json) });
      known.push(await everywhere(hubs, key.address, "open"));
      console.log(
        `${name}: known everywhere after ${known.join(", ")} ms, withdrawn after ${withdrawn.join(", ")} ms`,
      );
      await Promise.all(hubs.map(settled));
      // Each of the nine things is told at most once over each link, either way.
      expect((await toldOf(hubs)) - before).toBeLessThanOrEqual(9 * 2 * shape.length);
    });
  },
);
