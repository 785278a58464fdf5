import { balancesOf, currencyIndex } from "@coinholder/engine";
import type { Entry, Place } from "../history/index.ts";
import { dec, type Hub } from "../hub.ts";
import { type Call, type Handlers, refused } from "./call.ts";
import { caughtUp, ownTrade } from "./market-data.ts";
import { toldTransfer } from "./transfers.ts";

/** Where a statement goes on: what an account had then, and the newest of its rows that changed that. */
interface Standing {
  readonly to: number;
  readonly place: Place;
  readonly balance: number;
}

/**
 * The end of the period, which is over. The millisecond under way is waited out, so that nothing can still fall into it
 * (unless the clock was set back: the hub's own then stands still, and nobody waits for that).
 */
const endOf = async ({ sequencer }: Hub, asked: number | undefined): Promise<number> => {
  const now = sequencer.now();
  if (asked !== undefined && asked <= now) return asked;
  await new Promise((resolve) => setTimeout(resolve, 2));
  return now + 1;
};

/** All in one turn of the event loop: the balance is what these rows led to. */
const standingNow = ({ hub, by }: Call, currency: number, to: number): Standing => {
  const { accounts, ledger } = hub.sequencer.state;
  const account = accounts.byId.get(by!.account)!;
  const found = balancesOf(ledger, account.index).find((one) => one.currency === currency);
  return {
    to,
    place: { transfer: account.lastTransfer, trade: account.trader?.lastTrade ?? 0 },
    balance: found ? found.available + found.held : 0,
  };
};

const written = ({ to, place, balance }: Standing): string =>
  JSON.stringify([to, place.transfer, place.trade, balance]);

const STANDING = /^\[(?:(?:0|[1-9][0-9]{0,15}),){3}(?:0|-?[1-9][0-9]{0,15})\]$/;

/** It tells nobody but its caller: one that was made up makes a statement that is made up, of the account's own rows. */
const readStanding = (text: string): Standing | undefined => {
  if (!STANDING.test(text)) return undefined;
  const numbers = JSON.parse(text) as [number, number, number, number];
  if (!numbers.every(Number.isSafeInteger)) return undefined;
  const [to, transfer, trade, balance] = numbers;
  return { to, place: { transfer, trade }, balance };
};

const toldEntry = (hub: Hub, currency: number, { t, change, fee, of }: Entry, balance: number) => {
  const amounts = {
    amount: dec(hub, currency, change),
    balance: dec(hub, currency, balance),
    ...(fee > 0 ? { fee: dec(hub, currency, fee) } : {}),
  };
  if ("trade" in of) {
    const { trade_id, oid, market, price } = ownTrade(hub, of.trade);
    return { t, kind: "trade" as const, ...amounts, trade_id, oid, market, price };
  }
  const { incoming, kind, status } = of.transfer;
  const { transfer_id, btc_address, txid, vout, reference, invoice } = toldTransfer(hub, of.transfer);
  const isReversal =
    status === "reversed" || (incoming && (kind === "withdrawal" || kind === "fiat-withdrawal"));
  return {
    t,
    kind,
    ...amounts,
    ...(isReversal ? { reversal: true } : {}),
    transfer_id,
    ...(btc_address === undefined ? {} : { btc_address }),
    ...(txid === undefined ? {} : { txid }),
    ...(vout === undefined ? {} : { vout }),
    ...(reference === undefined ? {} : { reference }),
    ...(invoice === undefined ? {} : { invoice }),
  };
};

/** Up to so many entries; undefined where it does not start at a place of the account. */
const gather = async (
  { hub, by }: Call,
  currency: number,
  from: number,
  { to, place }: Standing,
  limit: number,
): Promise<{ entries: Entry[]; later: number } | undefined> => {
  const { accounts, config } = hub.sequencer.state;
  const account = accounts.byId.get(by!.account)!.index;
  const markets = config.markets.map(
    ({ base, quote }) => [currencyIndex(config, base)!, currencyIndex(config, quote)!] as const,
  );
  const entries: Entry[] = [];
  let later = 0;
  let next: Place | undefined = place;
  // Question by question, so that others have their turn between.
  while (next && entries.length < limit) {
    const rest = limit - entries.length;
    const found = await hub.history.entries({
      account,
      currency,
      markets,
      start: next,
      from,
      to,
      limit: rest,
    });
    if (!found) return undefined;
    entries.push(...found.entries);
    later += found.later;
    next = found.next;
  }
  return { entries, later };
};

export const statementHandlers: Handlers<"my-statement"> = {
  "my-statement": async (call, { after, currency: code, from_t: from = 0, limit = 50, to_t }) => {
    const { hub } = call;
    const currency = currencyIndex(hub.sequencer.state.config, code);
    if (currency === undefined) return refused("currency_unknown", { currency: code });
    const goesOn = after === undefined ? undefined : readStanding(after);
    if (after !== undefined && !goesOn) return refused("param_invalid", { param: "after" });
    const to = goesOn?.to ?? (await endOf(hub, to_t));
    if (from > to)
      return refused("param_invalid", { param: "from_t" }, "from_t is not later than to_t or now.");
    const standing = goesOn ?? standingNow(call, currency, to);
    await caughtUp(hub);
    // One more than is told, to know whether there is one.
    const found = await gather(call, currency, from, standing, limit + 1);
    if (!found) {
      if (goesOn) return refused("param_invalid", { param: "after" });
      throw new Error(`the rows of account ${call.by!.account} are not its own`);
    }
    const entries = found.entries.slice(0, limit);
    const balances = [standing.balance - found.later];
    for (const { change } of entries) balances.push(balances.at(-1)! - change);
    if (!balances.every(Number.isSafeInteger)) return refused("param_invalid", { param: "after" });
    const [closing, opening] = [balances[0]!, balances.at(-1)!];
    const next = found.entries[limit];
    return {
      currency: code,
      from_t: from,
      to_t: to,
      opening: dec(hub, currency, opening),
      closing: dec(hub, currency, closing),
      entries: entries.map((entry, i) => toldEntry(hub, currency, entry, balances[i]!)),
      more_exist: next !== undefined,
      ...(next ? { next_after: written({ to, place: next.at, balance: opening }) } : {}),
    };
  },
};
