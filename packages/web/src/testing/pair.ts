import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Gate, openGate } from "./gate.ts";
import { type PageHub, startPageHub, type TestAccount, until } from "./hub.ts";

/** Two hubs on one development chain that tell each other of invoices. */
export interface Pair {
  /** The payers'. The chain is its own. */
  readonly payers: PageHub;
  /** The tills'. Its desk takes BTC for CAD. */
  readonly tills: PageHub;
  /** Before the tills' hub. */
  readonly gate: Gate;
  /** Blocks, until both hubs have seen them. */
  readonly mine: (count?: number) => Promise<void>;
  /** An account at the payers' hub with 0.8 BTC, in several coins: each payment to another hub needs one that is confirmed. */
  readonly newPayer: () => Promise<TestAccount>;
  readonly end: () => Promise<void>;
}

/** 100 000 CAD for a BTC, less a hundredth. */
const DESK = {
  most_open: 100,
  most_open_per_buyer: 50,
  // A loaded machine may need long between the price and the payment.
  life_s: 60,
  markets: [{ market: "BTC/CAD", price: { rate: "100000.00" }, spread_bps: 100, most: "0.5" }],
};

const COINS = 8;

/** As `coinholder peers key` writes it: a key with which `to` tells `from` of invoices. */
const peerOf = async (from: PageHub, to: PageHub): Promise<object> => {
  const { account } = from.operatorCredentials;
  const { authkey } = await from.operator.call("create-authkey", {
    label: to.url,
    permissions: ["broadcast-invoice", "withdraw-invoice"].map((name) => [account, name] as const),
  });
  const { key, token } = authkey;
  const file = join(to.data, "peer-key.json");
  writeFileSync(file, JSON.stringify({ account, authkey: { type: "hmac-sha256", token, key } }));
  return { peers: [{ url: from.url, authkey_file: file }] };
};

/** `ceiling`: how much of the payers' hub's payments counts at the tills' before a block has them, in BTC. */
export const startPair = async ({ ceiling = "5" }: { readonly ceiling?: string } = {}): Promise<Pair> => {
  const gate = await openGate();
  const first = await startPageHub({ name: "Payers' hub" });
  const second = await startPageHub({ name: "Tills' hub", desk: DESK }, { bitcoinRpc: first.chainUrl, gate });
  const toSecond = await peerOf(second, first);
  const toFirst = await peerOf(first, second);
  await second.stop();
  await first.stop();
  const payers = await first.restart(toSecond);
  const tills = await second.restart(toFirst);
  const { account } = tills.operatorCredentials;
  await tills.operator.call("operator-credit", {
    to_account: account,
    currency: "CAD",
    amount: "100000.00",
    reference: "wire",
  });
  const { identity } = payers.hub.overview;
  await tills.operator.call("operator-set-line", { identity: identity!.public_key, ceiling });
  const seen = async (): Promise<void> => {
    const height = await payers.chain("getblockcount");
    for (const { operator } of [payers, tills])
      await until(
        () => operator.call("operator-status"),
        ({ chain }) => chain.height === height,
      );
  };
  return {
    payers,
    tills,
    gate,
    mine: async (count = 1) => {
      await payers.chain("devchain_mine", count);
      await seen();
    },
    newPayer: async () => {
      const payer = await payers.newAccount();
      const { btc_address } = await payer.hub.call("new-btc-address");
      for (let i = 0; i < COINS; i++) await payers.chain("devchain_fund", btc_address, "0.1");
      await payers.chain("devchain_mine", 3);
      await seen();
      await until(
        () => payer.hub.call("my-balance"),
        ({ available }) => available.btc === "0.80",
      );
      return payer;
    },
    end: async () => {
      await tills.end();
      await payers.end();
      await gate.close();
    },
  };
};
