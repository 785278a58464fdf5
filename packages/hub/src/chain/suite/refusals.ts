import { expect } from "vitest";
import { must } from "../../testing/harness.ts";
import type { Group } from "./group.ts";
import { arrivedAt, outsideAddress } from "./outside.ts";
import { btc, satsOf } from "./scene.ts";

const REFUSED_ADDRESSES: readonly (readonly [string, string])[] = [
  ["mainnet's", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"],
  ["testnet's", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"],
  ["mainnet's of the old kind", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"],
  ["mixed case", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7KYGT080"],
  ["a wrong letter", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt081"],
  ["an anchor", "bcrt1pfeesnyr2tx"],
  [
    "a witness version that anyone can spend today",
    "bcrt1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqs635n3",
  ],
  ["nothing that is an address", "bcrt1q"],
];

export const refusals: Group = {
  cases: {
    "what no payment could reach is refused before anything is reserved": async ({
      node,
      funded,
      trySend,
      balance,
      transfers,
      look,
    }) => {
      const owner = await funded(1_000_000);
      const before = await balance(owner);
      for (const [what, address] of REFUSED_ADDRESSES)
        expect((await trySend(owner, address, 100_000)).code, what).toBe("address_invalid");
      for (const [type, dust] of [
        ["p2wpkh", 293],
        ["p2tr", 329],
      ] as const)
        expect((await trySend(owner, outsideAddress(type), dust)).code, type).toBe("amount_invalid");
      await look();
      expect(await balance(owner)).toEqual(before);
      expect((await transfers(owner)).map(({ kind }) => kind)).toEqual(["deposit"]);
      expect(await node.mempool()).toEqual([]);
    },

    "an account cannot send more than it has, nor a fee that it cannot pay": async ({
      node,
      funded,
      trySend,
      balance,
      look,
    }) => {
      await funded(1_000_000); // the wallet has enough, the account has not
      const owner = await funded(100_000);
      expect((await trySend(owner, outsideAddress(), 100_001)).code).toBe("insufficient_funds");
      expect((await trySend(owner, outsideAddress(), 100_000)).code).toBe("insufficient_funds");
      await look();
      expect(await balance(owner)).toMatchObject({ available: 100_000, held: 0 });
      expect(await node.mempool()).toEqual([]);
    },

    "subtract_fee sends everything, and what arrives and the fee are what was there": async ({
      node,
      began,
      funded,
      send,
      balance,
      reaches,
    }) => {
      const owner = await funded(777_777);
      const to = outsideAddress();
      const { id, fee } = await send(owner, to, 777_777, { subtract_fee: "true" });
      expect(fee).toBeGreaterThan(0);
      await reaches(owner, id, "broadcast");
      await node.mine();
      await reaches(owner, id, "confirmed");
      expect(await balance(owner)).toEqual({ available: 0, pending: 0, held: 0, withdrawable: 0 });
      expect(await arrivedAt(node, to, began)).toEqual([777_777 - fee]);
    },

    "the debit is what was quoted": async ({ node, began, hub, funded, send, balance, reaches }) => {
      const owner = await funded(1_000_000);
      const to = outsideAddress("p2tr");
      const params = { to_btc_address: to, amount: btc(400_000) };
      const quote = await must(hub().url, "quote-send", params, owner);
      const { id, fee } = await send(owner, to, 400_000, { quote_id: quote.quote_id });
      expect(fee).toBe(satsOf(quote.fee));
      await reaches(owner, id, "broadcast");
      await node.mine();
      await reaches(owner, id, "confirmed");
      expect(await balance(owner)).toMatchObject({ available: 600_000 - satsOf(quote.fee), held: 0 });
      expect(await arrivedAt(node, to, began)).toEqual([400_000]);
    },
  },
};

/** Alone: the wallet has no other coins. */
export const smallCoins: Group = {
  cases: {
    "subtract_fee sends everything, also when it came in small coins and the wallet has no others": async ({
      node,
      began,
      account,
      address,
      send,
      balance,
      look,
      reaches,
    }) => {
      const owner = await account();
      const to = await address(owner);
      const payment = await node.pay(Array.from({ length: 8 }, () => [to, 50_000] as const));
      await node.mineWith([payment.raw]);
      await look();
      const away = outsideAddress();
      const { id, fee } = await send(owner, away, 400_000, { subtract_fee: "true" });
      await reaches(owner, id, "broadcast");
      await node.mine();
      await reaches(owner, id, "confirmed");
      expect(await balance(owner)).toMatchObject({ available: 0, held: 0 });
      expect(await arrivedAt(node, away, began)).toEqual([400_000 - fee]);
    },
  },
};
