import { setTimeout as sleep } from "node:timers/promises";
import {
  connect,
  credentialsOf,
  type Hub,
  type KeyCredentials,
  type TextKeyCredentials,
} from "@coinholder/client";
import type { Payer } from "./load-child.ts";

export interface Place {
  readonly url: string;
  readonly devchain: { readonly url: string; readonly password: string };
  readonly operator: KeyCredentials;
}

const devchain = async (
  { devchain: { url, password } }: Place,
  method: string,
  ...params: unknown[]
): Promise<void> => {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`devchain:${password}`).toString("base64")}` },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  if (!response.ok) throw new Error(`${method}: ${await response.text()}`);
};

/**
 * Makes accounts with coins, each of which will pay the next one.
 * @param btc what each is given
 */
export const makePayers = async (place: Place, count: number, btc = "0.1"): Promise<Payer[]> => {
  const hub = await connect(place.url);
  const made: (TextKeyCredentials & { address: string })[] = [];
  for (let i = 0; i < count; i++) {
    const { account, authkey } = await hub.call("create-account");
    const credentials = credentialsOf(account, authkey);
    const { btc_address: address } = await hub.as(credentials).call("new-btc-address");
    await devchain(place, "devchain_fund", address, btc);
    made.push({ ...credentials, address });
  }
  await devchain(place, "devchain_mine", 1);
  const last = hub.as(made.at(-1)!);
  while ((await last.call("my-balance")).available.btc === undefined) await sleep(50);
  return made.map(({ address: _, ...payer }, i) => ({ ...payer, to: made[(i + 1) % count]!.address }));
};

/** Commands that are on disk, and history caught up with them: what came before must not burden what comes next. */
export const settled = async (operator: Hub, payer: Hub): Promise<number> => {
  await payer.call("my-transfers", { limit: 1 });
  await sleep(200);
  return (await operator.call("operator-status")).journal_seq;
};
