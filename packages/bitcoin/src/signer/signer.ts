import { type Sats, timeMs } from "@coinholder/protocol";
import { coinKey, sumOf } from "../payout/coin.ts";
import type { Descriptor } from "../payout/descriptor.ts";
import { checkDestination } from "../payout/destination.ts";
import { type SignedPayout, signPayout } from "../payout/sign.ts";
import { sats } from "../sats.ts";
import type { Wallet } from "../wallet/keys.ts";
import { refusalOf, type SigningLimits, type SigningRefusal, type SignRequest } from "./check.ts";
import { openSignerLog } from "./log.ts";
import { apply, DAY_MS, emptyMemory } from "./memory.ts";
import type { ForgetReason, SignedRecord, SignerEntry } from "./record.ts";

/** How long what was signed is offered for the journal again. */
const KEPT_MS = 30 * DAY_MS;

export type SignerOptions = {
  wallet: Wallet;
  /** Of the file that it remembers in; `.head` is a second one beside it. */
  path: string;
  limits: SigningLimits;
  /** Where sweeps go; without it none is signed. */
  cold?: Descriptor;
  /** Payouts were made before: a memory that is not there is not begun anew. */
  expected?: boolean;
  /** Milliseconds since 1970. */
  now?: () => number;
};

export type SigningOutcome = { refused?: undefined; signed: SignedPayout } | SigningRefusal;

/** The only one who signs payments. It trusts no store: it remembers itself what it signed. */
export type Signer = {
  /** Nothing is returned before its record is on the disk. About 10 ms per input. */
  readonly sign: (request: SignRequest) => SigningOutcome;
  /** What was signed within 30 days and not forgotten, oldest first. */
  readonly records: () => SignedRecord[];
  /** All versions of a payout, when one is final or none can confirm any more. Unknown ones do no harm. */
  readonly forget: (txids: readonly string[], why: ForgetReason) => void;
  /** What left by withdrawals that were signed within the last 24 hours. */
  readonly signedToday: () => Sats;
  /** The highest number of a withdrawal's transfer that was ever signed for, forgotten or not; 0 for none. */
  readonly highestTransfer: () => number;
  readonly close: () => void;
};

const recordOf = (
  request: SignRequest,
  signed: SignedPayout,
  withdrawals: SignedRecord["withdrawals"],
  t: SignedRecord["t"],
): SignedRecord => {
  const { is, plan, changeIndexes, replaces } = request;
  const change = plan.change.map(({ vout, amount, address }, i) => ({
    vout,
    value: amount,
    address,
    index: changeIndexes[i]!,
  }));
  const { raw, txid, fee, vsize } = signed;
  const kept = sumOf(plan.change.map(({ amount }) => amount));
  const cold = is === "sweep" ? sumOf(plan.outputs.map(({ amount }) => amount)) - kept : 0;
  const inputs = plan.inputs.map(coinKey);
  const record = { is, raw, txid, inputs, change, fee, vsize, withdrawals, cold: sats(cold), t };
  return replaces === undefined ? record : { ...record, replaces };
};

/** Throws BitcoinError `signer_log_damaged` (see log.ts), `signer_log_missing`. */
export const openSigner = (options: SignerOptions): Signer => {
  const { wallet, path, limits, cold, expected = false, now = Date.now } = options;
  const key = wallet.deriveKey("signer");
  const log = openSignerLog({ path, key, network: wallet.network, expected });
  const memory = emptyMemory();
  for (const entry of log.entries) apply(memory, entry as SignerEntry);

  const append = (entry: SignerEntry): void => {
    log.append(entry);
    apply(memory, entry);
  };
  const clock = () => timeMs(Math.max(memory.latest, now()));

  return Object.freeze({
    sign: (request: SignRequest): SigningOutcome => {
      // An address is written in one way only, so that the same one is recognised.
      const withdrawals = request.withdrawals.map(({ transfer, address, amount }) => {
        const destination = checkDestination(address, wallet.network);
        const written = destination.refused === undefined ? destination.address : address;
        return { transfer, address: written, amount };
      });
      const t = clock();
      const refusal = refusalOf({ ...request, withdrawals }, { wallet, cold, limits, memory }, t);
      if (refusal !== undefined) return refusal;
      const signed = signPayout(request.plan, wallet);
      const record = recordOf(request, signed, withdrawals, t);
      const before = memory.live.get(signed.txid);
      if (before === undefined) append({ is: "signed", record });
      else if (!isSame(before, record)) return { refused: "withdrawal_differs" };
      return { signed };
    },
    records: () => [...memory.live.values()].filter(({ t }) => t > clock() - KEPT_MS),
    forget: (txids: readonly string[], why: ForgetReason) => {
      const known = txids.filter((txid) => memory.live.has(txid));
      if (known.length > 0) append({ is: "forgotten", txids: known, why });
    },
    signedToday: () => {
      const since = clock() - DAY_MS;
      return sumOf(memory.spent.filter(({ t }) => t > since).map(({ amount }) => amount));
    },
    highestTransfer: () => memory.highest,
    close: log.close,
  });
};

/** The same transaction may be asked for again after a crash, for the same withdrawals. */
const isSame = (a: SignedRecord, b: SignedRecord): boolean => {
  const transfers = ({ withdrawals }: SignedRecord): number[] =>
    withdrawals.map(({ transfer }) => transfer).sort((x, y) => x - y);
  return a.is === b.is && JSON.stringify(transfers(a)) === JSON.stringify(transfers(b));
};
