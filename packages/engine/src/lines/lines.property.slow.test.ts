import fc from "fast-check";
import { expect, test } from "vitest";
import type { Receipt } from "../bitcoin/commands.ts";
import { mempool } from "../bitcoin/testing.ts";
import { dump } from "../dump.ts";
import { load } from "../load.ts";
import { at, CONFIG, confirmations, sat, stateText, testHub } from "../testing.ts";
import { markedOf, withdrawable } from "./marks.ts";
import { attach, btc, ceiling, conflicted, hubs, IDENTITY, left, OTHER, output } from "./testing.ts";

const TRANSFERS = 3;
const GIVE = 300;

type Step =
  | { readonly do: "see" | "attach" | "name" | "leave" | "rival" | "option"; readonly which: number }
  | { readonly do: "mine"; readonly which: number; readonly rival: boolean }
  | { readonly do: "block" | "undo" | "turn" | "ceiling" | "reload" | "expire" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom("see", "attach", "name", "leave", "rival", "option"),
      which: fc.nat(TRANSFERS - 1),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("mine"), which: fc.nat(TRANSFERS - 1), rival: fc.boolean() }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom("block", "undo", "turn", "ceiling", "reload", "expire") }),
  },
) as fc.Arbitrary<Step>;

/** Transfers of two hubs to an invoice and an address, any of which may be replaced, mined, undone and double-spent in any order. */
const story = async (steps: readonly Step[], reached: Map<string, number>): Promise<void> => {
  const hub = testHub({
    ...CONFIG,
    confirmations: confirmations(2),
    options: { most: 20, mostPerBuyer: 20 },
  });
  const [desk, till] = [hub.account("desk"), hub.account("till")];
  hub.credit(desk, "USD", 1e6);
  for (const identity of [IDENTITY, OTHER]) hub.done(ceiling(hub, 10_000, identity));
  const address = "bc-invoice";
  const index = hub.state.chain.nextReceive;
  const terms = {
    currency: "USD",
    amount: sat(100),
    json: "{}",
    signature: "s",
    expires: at(hub.t + 1e9),
  } as const;
  hub.done({ kind: "post-invoice", by: till.calls("new-invoice"), index, address, ...terms });
  const plain = hub.address(till);
  const transfers = Array.from({ length: TRANSFERS }, (_, i) => {
    const txid = `tx-${i}`;
    const coins: Receipt[] = [output(txid, GIVE + 10 * i, address)];
    if (i % 2 === 1) coins.push(output(txid, 100, plain, 1));
    return { txid, coins, rival: `rival-${i}`, identity: i < 2 ? IDENTITY : OTHER };
  });
  const chain: (string | undefined)[] = [];
  let options = 0;
  const note = (what: string): void => void reached.set(what, (reached.get(what) ?? 0) + 1);

  for (const one of steps) {
    const transfer = "which" in one ? transfers[one.which]! : transfers[0]!;
    const { coins, rival, txid } = transfer;
    const decided = chain.includes(txid) || chain.includes(rival);
    if (one.do === "see") {
      if (!decided) hub.done(mempool(coins));
    } else if (one.do === "leave") {
      if (!chain.includes(txid)) left(hub, coins);
    } else if (one.do === "attach" || one.do === "name") {
      if (!chain.includes(rival))
        note(
          hub.done(attach(coins, { identity: transfer.identity, credit: one.do === "attach" })).answer.status,
        );
    } else if (one.do === "rival") {
      if (!chain.includes(txid)) conflicted(hub, txid, 0, rival);
    } else if (one.do === "option") {
      const id = `op-${++options}`;
      const to = { identity: transfer.identity, url: "u" };
      const invoice = { address, issuer: "desk", giveCurrency: "BTC", wantCurrency: "USD" };
      const prices = { give: sat(GIVE), want: sat(100), premium: sat(0), expires: at(hub.t + 1000) };
      const sold = hub.tried({
        kind: "sell-option",
        to,
        id,
        json: "{}",
        signature: "s",
        ...invoice,
        ...prices,
      });
      if (sold) note(hub.done({ kind: "attach-option", option: id, txid }).answer.status);
    } else if (one.do === "mine" || one.do === "block") {
      mine(!("rival" in one) || decided ? undefined : one.rival ? rival : txid);
    } else if (one.do === "undo") undo();
    else if (one.do === "turn") {
      // The other branch has the rivals of what this one had.
      for (const was of undo())
        mine(was?.startsWith("tx-") ? was.replace("tx-", "rival-") : was?.replace("rival-", "tx-"));
      mine(undefined);
    } else if (one.do === "ceiling") {
      hub.done(ceiling(hub, hub.state.lines.ceiling === undefined ? 900 : 5000));
    } else if (one.do === "expire") {
      hub.t += 1000;
      if (hub.state.options.open.size > 0) hub.done({ kind: "expire-options" });
    } else {
      hub.state = await load([...dump(hub.state)]);
    }
    expect(stateText(await load([...dump(hub.state)]))).toBe(stateText(hub.state));
    judge();
  }

  function mine(what: string | undefined): void {
    chain.push(what);
    hub.block(transfers.find(({ txid }) => txid === what)?.coins ?? []);
    const taken = transfers.find(({ rival }) => rival === what);
    if (taken) conflicted(hub, taken.txid, 1, taken.rival);
  }

  function undo(): (string | undefined)[] {
    const undone = chain.splice(-2).reverse();
    for (const _ of undone) hub.undo();
    return undone;
  }

  function judge(): void {
    const { chain: books, ledger, lines } = hub.state;
    let given = 0;
    let borne = 0;
    for (const { coins, txid } of transfers)
      for (const { value, vout } of coins) {
        const coin = lines.coins.get(`${txid}:${vout}`);
        const counted = (books.deposits.get(`${txid}:${vout}`)?.transfer ?? 0) > 0;
        if (coin && coin.transfer > 0) given += value;
        else if (counted) given += value;
        if (coin?.standing === "lost") borne += value;
        if (coin) note(coin.standing);
      }
    const [payee, buyer] = [btc(hub, till), btc(hub, desk)];
    // Once credited early it is never taken back; the hub bears what was lost, and nothing else.
    expect(payee[0] + buyer[0]).toBe(given);
    expect(hubs(hub)).toBe(0 - borne);
    // What is open stays, wherever the desk's options have taken it.
    for (const owner of [till, desk]) {
      const available = btc(hub, owner)[0];
      const open = markedOf(lines, owner.index);
      expect(withdrawable(hub.state, owner.index)).toBe(Math.max(0, available - open));
    }
    expect(markedOf(lines, till.index) + markedOf(lines, desk.index)).toBe(lines.open);
    // Only a deposit that nobody stood behind in time can leave a debt.
    if (ledger.debtors.size > 0) note("debt");
    const early = [...lines.transfers.values()].filter(({ coins }) => coins[0]!.transfer > 0);
    if (early.length === lines.transfers.size && early.length === TRANSFERS)
      expect(ledger.debtors.size).toBe(0);
  }
};

const steps = fc.array(step, { minLength: 20, maxLength: 80 });

test("whatever becomes of other hubs' transfers, the payee keeps what it was credited, and the hub bears just what was lost", async () => {
  await fc.assert(
    fc.asyncProperty(steps, (all) => story(all, new Map())),
    { numRuns: 12 },
  );
});

test("and the stories reach every standing", async () => {
  const reached = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(steps, (all) => story(all, reached)),
    { numRuns: 40, seed: 7 },
  );
  for (const what of ["noted", "counted", "credited", "settled", "lost", "recovered", "exercised", "waiting"])
    expect(reached.get(what) ?? 0, what).toBeGreaterThan(0);
});
