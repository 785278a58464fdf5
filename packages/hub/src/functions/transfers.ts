import { checkDestination } from "@coinholder/bitcoin";
import {
  BTC,
  CHANGE,
  type CrossingTo,
  type CrossingTold,
  depthNeeded,
  isCarried,
  outpointOf,
  type State,
  tip,
} from "@coinholder/engine";
import type { Amount, Refusal } from "@coinholder/protocol";
import { feeCap } from "../chain/fees.ts";
import type { TransferRecord } from "../history/index.ts";
import { dec, type Hub } from "../hub.ts";
import {
  byOf,
  type Call,
  carryOut,
  firstAnswer,
  type Handlers,
  notFollowing,
  overLimit,
  readAmount,
  refused,
} from "./call.ts";

type Names = "new-btc-address" | "play-money" | "send-btc" | "quote-send" | "withdraw-fiat" | "my-transfers";

/** Virtual bytes of a transaction with one P2WPKH input and change, beside its one payment (BIP-141). */
const VSIZE_WITHOUT_PAYMENT = 110;

/** Of each further P2WPKH input. */
const VSIZE_OF_INPUT = 68;

/**
 * What a payment by chain to that script is charged, in satoshi: as if it went alone. A wallet of small coins needs many for it; they
 * must not be paid for out of what other accounts have.
 */
export const feeFor = (hub: Hub, scriptLength: number, amount: number): Amount => {
  const { coinSums, feeRate } = hub.chain;
  const further = coinSums.findIndex((sum) => sum >= amount);
  const inputs = VSIZE_OF_INPUT * (further < 0 ? Math.max(0, coinSums.length - 1) : further);
  return (feeRate * (VSIZE_WITHOUT_PAYMENT + inputs + 9 + scriptLength)) as Amount;
};

/**
 * Where a payment goes: inside the hub (no fee), or by chain for a fee, and its address in the hub's own writing. Refuses what
 * cannot be paid before anything is reserved: address_invalid, amount_invalid (dust).
 */
export const destination = (
  hub: Hub,
  given: string,
  amount: Amount,
  subtractFee: boolean,
):
  | { address: string; inside: true }
  | { address: string; inside: false; fee: Amount }
  | { refused: Refusal } => {
  const { addresses } = hub.sequencer.state.chain;
  // Nearly always as the hub wrote it, which needs no decoding.
  if (!addresses.has(given)) {
    const checked = checkDestination(given, hub.wallet.network);
    if ("refused" in checked) return refused("address_invalid", { reason: checked.refused });
    if (!addresses.has(checked.address)) return byChain(hub, checked, amount, subtractFee);
    given = checked.address;
  }
  if (addresses.get(given)!.account === CHANGE)
    return refused("address_invalid", { reason: "hub" }, "The hub's own change is not paid to.");
  return { address: given, inside: true };
};

/** Below this the fee is a larger part of the amount than the hub lets it be. */
const overCap = (hub: Hub, fee: Amount, arrives: Amount | number): { refused: Refusal } | undefined =>
  fee > feeCap(hub.config, arrives)
    ? refused("fee_too_high", { fee: dec(hub, BTC, fee) }, "The fee would be too large a part of the amount.")
    : undefined;

const byChain = (
  hub: Hub,
  checked: Exclude<ReturnType<typeof checkDestination>, { refused: string }>,
  amount: Amount,
  subtractFee: boolean,
): { address: string; inside: false; fee: Amount } | { refused: Refusal } => {
  const fee = feeFor(hub, checked.script.length, amount);
  const arrives = subtractFee ? amount - fee : amount;
  if (subtractFee && arrives < checked.dustLimit)
    return refused("fee_exceeds_amount", { fee: dec(hub, BTC, fee) });
  if (arrives < checked.dustLimit)
    return refused(
      "amount_invalid",
      { param: "amount", reason: "dust", least: dec(hub, BTC, checked.dustLimit) },
      "The amount is too small for the chain to carry.",
    );
  return overCap(hub, fee, arrives) ?? { address: checked.address, inside: false, fee };
};

interface Sent {
  transfer: number;
  status: "reserved" | "done";
  fee?: Amount;
}

export const toldSent = (hub: Hub, { transfer, status, fee }: Sent) => ({
  transfer_id: `t${transfer}`,
  status,
  // None of what was paid in another currency.
  fee: dec(hub, BTC, fee ?? 0),
});

/** The `send` command of a call, carried out. */
export const sendBtc = (
  call: Call,
  params: Readonly<Record<string, unknown>>,
  payment: {
    address: string;
    amount: Amount;
    subtractFee: boolean;
    fee?: Amount;
    invoice: boolean;
    /** To another hub, under this hub's name. */
    crossing?: CrossingTo;
  },
) => {
  const { address, amount, crossing, fee } = payment;
  const done = carryOut<Sent>(call, {
    kind: "send",
    by: byOf(call, params),
    address,
    amount,
    fee,
    subtractFee: payment.subtractFee ? true : undefined,
    invoice: payment.invoice ? true : undefined,
    ...(crossing ? { pledged: true as const, crossing } : {}),
  });
  return "refused" in done ? done : toldSent(call.hub, done.answer);
};

const accountOf = (state: State, call: Call) => state.accounts.byId.get(call.by!.account)!;

const newAddress = (call: Call) => {
  const { sequencer, addresses, limits } = call.hub;
  const limited = notFollowing(call.hub) ?? overLimit(limits.addresses, call.by!.account, sequencer.now());
  if (limited) return limited;
  const index = sequencer.state.chain.nextReceive;
  const { address } = addresses.take(index);
  const done = carryOut<{ address: string }>(call, { kind: "new-address", by: byOf(call), address, index });
  return "refused" in done ? done : { btc_address: done.answer.address };
};

/** Enough for many coffees. */
const PLAY_MONEY_BTC = "1.5";

export const transferHandlers: Handlers<Names> = {
  "new-btc-address": newAddress,

  "play-money": async (call) => {
    const { faucet, limits, sequencer } = call.hub;
    if (!faucet) return refused("function_unknown", { function: "play-money" });
    const limited = overLimit(limits.playMoney, call.by!.account, sequencer.now());
    if (limited) return limited;
    const made = newAddress(call);
    if ("refused" in made) return made;
    await sequencer.durable();
    const txid = await faucet(made.btc_address, PLAY_MONEY_BTC);
    return { ...made, amount: PLAY_MONEY_BTC, txid };
  },

  "send-btc": (call, params) => {
    const { hub } = call;
    const subtractFee = params.subtract_fee ?? false;
    const read = readAmount(hub, "BTC", params.amount);
    if ("refused" in read) return read;
    const { amount } = read;
    const to = destination(hub, params.to_btc_address, amount, subtractFee);
    // What a fee leaves changes with it: a retry gets its first answer all the same.
    if ("refused" in to) return answeredBefore(call, params) ?? to;
    const { address } = to;
    let fee = to.inside ? undefined : to.fee;
    if (params.quote_id !== undefined) {
      const quote = hub.quotes.find(params.quote_id, hub.sequencer.now());
      const fits =
        quote?.account === call.by!.account &&
        quote.address === address &&
        quote.amount === amount &&
        quote.subtractFee === subtractFee;
      // A retry may come when its quote has long expired: whether it was answered before is the engine's to say first.
      if (!fits) return answeredBefore(call, params) ?? refused("quote_unknown");
      if (!to.inside) fee = quote.fee;
    }
    return sendBtc(call, params, {
      address,
      amount,
      subtractFee,
      ...(fee === undefined ? {} : { fee }),
      invoice: false,
    });
  },

  "quote-send": (call, params) => {
    const { hub } = call;
    const { state, now } = hub.sequencer;
    const subtractFee = params.subtract_fee ?? false;
    const read = readAmount(hub, "BTC", params.amount);
    if ("refused" in read) return read;
    const to = destination(hub, params.to_btc_address, read.amount, subtractFee);
    if ("refused" in to) return to;
    if (state.chain.addresses.get(to.address)?.account === accountOf(state, call).index)
      return refused("own_address");
    const fee = to.inside ? (0 as Amount) : to.fee;
    const { id, expires } = hub.quotes.give(
      { account: call.by!.account, address: to.address, amount: read.amount, subtractFee, fee },
      now(),
    );
    return { fee: dec(hub, BTC, fee), quote_id: id, expires_t: expires };
  },

  "withdraw-fiat": (call, params) => {
    const { hub } = call;
    const read = readAmount(hub, params.currency, params.amount);
    if ("refused" in read && read.refused.code === "currency_unknown") return read;
    if (params.currency === "BTC") return refused("unsupported", {}, "BTC leaves by send-btc.");
    if ("refused" in read) return read;
    const done = carryOut<{ transfer: number }>(
      call,
      {
        kind: "withdraw-fiat",
        by: byOf(call, params),
        currency: params.currency,
        amount: read.amount,
        destination: params.destination,
      },
      read.currency,
    );
    return "refused" in done ? done : { transfer_id: `t${done.answer.transfer}`, status: "reserved" };
  },

  "my-transfers": async (call, { before, limit = 50 }) => {
    const { hub } = call;
    const { state } = hub.sequencer;
    const account = accountOf(state, call);
    const pending = before === undefined ? pendingDeposits(hub, account.index) : [];
    const head = account.lastTransfer;
    await hub.sequencer.durable();
    await hub.history.reached(hub.durableSeq());
    const { rows, more } = await hub.history.transfers(head, before, limit);
    return {
      transfers: [
        ...pending,
        ...rows.map((row) => ({ ...toldTransfer(hub, row), ...depthOfWithdrawal(state, row) })),
      ],
      more_exist: more,
      ...(more ? { next_before: rows.at(-1)!.row } : {}),
    };
  },
};

/** The first answer of a payment with a client_id, or its conflict. */
export const answeredBefore = (call: Call, params: Readonly<Record<string, unknown>>) => {
  const first = firstAnswer<Sent>(call, params);
  return first && ("refused" in first ? first : toldSent(call.hub, first.answer));
};

/** What is in sight and does not count yet, newest first. */
export const pendingDeposits = (hub: Pick<Hub, "sequencer">, account: number) => {
  const { chain, config, lines } = hub.sequencer.state;
  const height = tip(chain)?.height ?? 0;
  return [...chain.uncredited]
    .filter((outpoint) => !isCarried(lines, outpoint))
    .map((outpoint) => chain.deposits.get(outpoint)!)
    .filter((deposit) => deposit.account === account)
    .sort((a, b) => b.seen - a.seen)
    .map((deposit) => ({
      transfer_id: outpointOf(deposit),
      t: deposit.seen,
      kind: "deposit" as const,
      direction: "in" as const,
      currency: "BTC",
      amount: dec(hub, BTC, deposit.value),
      status: "pending" as const,
      btc_address: deposit.address,
      txid: deposit.txid,
      vout: deposit.vout,
      confirmations: deposit.height === 0 ? 0 : height - deposit.height + 1,
      // How many, depends on what else its block brought.
      ...(deposit.height === 0 ? {} : { confirmations_needed: depthNeeded(config, deposit) }),
    }));
};

/** Without what every block changes: the stream and webhooks do not tell that. */
export const withoutDepth = ({
  confirmations: _,
  confirmations_needed: __,
  ...row
}: ReturnType<typeof pendingDeposits>[number]) => row;

/** How deep a withdrawal is that is in a block and not final yet. */
const depthOfWithdrawal = (
  { chain, config, withdrawals }: State,
  { kind, status, transfer }: TransferRecord,
): { confirmations?: number; confirmations_needed?: number } => {
  if (kind !== "withdrawal" || status !== "confirmed") return {};
  const height = chain.payouts.get(withdrawals.get(transfer)?.payout ?? 0)?.height ?? 0;
  const top = tip(chain)?.height ?? 0;
  // By now it may be in no block again.
  return height === 0 ? {} : { confirmations: top - height + 1, confirmations_needed: config.finalAfter };
};

/** A transfer as `my-transfers` and the stream tell it. */
export const toldTransfer = (hub: Pick<Hub, "sequencer">, row: TransferRecord) => ({
  transfer_id: `t${row.transfer}`,
  t: row.t,
  kind: row.kind,
  direction: row.incoming ? ("in" as const) : ("out" as const),
  currency: hub.sequencer.state.config.currencies[row.currency]!.code,
  amount: dec(hub, row.currency, row.amount),
  status: row.status,
  ...(row.fee > 0 ? { fee: dec(hub, row.currency, row.fee) } : {}),
  ...(row.address === undefined ? {} : { btc_address: row.address }),
  ...(row.txid === undefined ? {} : { txid: row.txid }),
  ...(row.vout === undefined ? {} : { vout: row.vout }),
  ...(row.reference === undefined ? {} : { reference: row.reference }),
  ...(row.reason === undefined ? {} : { reason: row.reason }),
  ...(row.invoice ? { invoice: true } : {}),
  ...toldCrossing(hub, row.transfer, row.incoming),
});

/** What the other hub said of a payment that went to it. */
const toldCrossing = (
  { sequencer }: Pick<Hub, "sequencer">,
  transfer: number,
  incoming: boolean,
): { crossing?: CrossingText } => {
  const crossing = incoming ? undefined : sequencer.state.crossings.get(transfer);
  return crossing ? { crossing: crossingText(crossing.told) } : {};
};

type CrossingText = { identity?: string; option?: string; given_up?: boolean };

export const crossingText = (told: Omit<CrossingTold, "kind" | "transfer"> | undefined): CrossingText => ({
  ...(told?.identity === undefined ? {} : { identity: told.identity }),
  ...(told?.option === undefined ? {} : { option: told.option }),
  ...(told?.given_up ? { given_up: true } : {}),
});
