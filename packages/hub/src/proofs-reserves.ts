import type { AddressType, Wallet } from "@coinholder/bitcoin";
import { availableOf, BTC, COLD, type State, tip } from "@coinholder/engine";
import {
  decodeAddress,
  type FundsCoin,
  MAX_FUNDS_INPUTS,
  type ReserveBatch,
  type ReserveCoin,
  type ReservesStatement,
  reservesMessage,
  signProofOfFunds,
} from "@coinholder/protocol";

/** What the hub has at one moment. */
export interface Reserves {
  readonly network: string;
  readonly height: number;
  readonly hash: string;
  readonly coins: readonly ReserveCoin[];
  /** Satoshi that the books say are in the operator's cold wallet. */
  readonly cold: number;
}

export const reservesOf = ({ chain, ledger }: State): Reserves => ({
  network: chain.network,
  height: tip(chain)?.height ?? 0,
  hash: tip(chain)?.hash ?? "",
  // What the books count as the chain's: in a block, unspent there, and no deposit that does not count yet.
  coins: [...chain.coins.values()]
    .filter(({ outpoint, height, spentAt }) => height > 0 && spentAt === 0 && !chain.uncredited.has(outpoint))
    .map(({ outpoint, address, value }) => ({ outpoint, address, amount: value })),
  cold: Math.max(0, -availableOf(ledger, COLD, BTC)),
});

const withKey = ({ outpoint, address, amount }: ReserveCoin, state: State, wallet: Wallet): FundsCoin => {
  const at = state.chain.addresses.get(address);
  const decoded = decodeAddress(address);
  if (at === undefined || "error" in decoded) throw new Error(`the coin ${outpoint} has no address of ours`);
  return {
    outpoint,
    amount: BigInt(amount),
    script: decoded.script,
    lendKey: (use) => wallet.withPrivateKey(at.branch, at.index, decoded.type as AddressType, use),
  };
};

/**
 * Signs for all coins: 10 ms each, in turns of the event loop.
 * @param goOn called before each batch; what it throws ends it
 */
export const signReserves = async (
  coins: readonly ReserveCoin[],
  statement: ReservesStatement,
  state: State,
  wallet: Wallet,
  goOn: () => void,
): Promise<ReserveBatch[]> => {
  const message = reservesMessage(statement);
  const batches: ReserveBatch[] = [];
  for (let from = 0; from < coins.length; from += MAX_FUNDS_INPUTS) {
    goOn();
    const batch = coins.slice(from, from + MAX_FUNDS_INPUTS);
    const funds = batch.map((coin) => withKey(coin, state, wallet));
    batches.push({ coins: batch, signature: await signProofOfFunds(funds[0]!, message, funds) });
  }
  return batches;
};
