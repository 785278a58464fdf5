import { CHAIN, OPERATOR } from "../accounts/accounts.ts";
import { assert } from "../assert.ts";
import { BTC } from "../config.ts";
import { availableOf } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import { buildIndex } from "./build-index.ts";
import { CHANGE, type Chain, outpointOf, type Payout, RECENT_BLOCKS, tipHeight } from "./chain.ts";
import { ownChange } from "./coins.ts";
import type { ChainIndex } from "./lookup.ts";

/** What must be true of coins, deposits and payouts at all times. Throws BrokenInvariant at the first that is not. */
export const checkChain = (state: State): void => {
  const { chain } = state;
  for (const [i, block] of chain.recent.entries())
    assert(i === 0 || block.height === chain.recent[i - 1]!.height + 1, "recent blocks follow one another");
  assert(chain.recent.length <= RECENT_BLOCKS, "no more blocks are kept than are needed");
  assert(chain.highest >= tipHeight(chain), "the tip is not above the highest block");
  const fees = [...chain.payouts.values()].reduce(
    (sum, { versions, confirmed }) => sum + (versions[confirmed]?.fee ?? 0),
    0,
  );
  assert(chain.feesPaid >= fees, `miners got ${fees} of payouts that are kept, and ${chain.feesPaid} in all`);
  checkReserves(state);
  checkDeposits(chain);
  checkCoins(chain);
  for (const payout of chain.payouts.values()) checkPayout(state, payout);
  checkAddresses(state);
  for (const withdrawal of state.withdrawals.values())
    assert(
      withdrawal.payout === 0 ||
        chain.payouts.get(withdrawal.payout)?.withdrawals.includes(withdrawal.transfer) === true,
      `withdrawal ${withdrawal.transfer} and its payout know each other`,
    );
  const [kept, rebuilt] = [textOf(chain.index), textOf(buildIndex(state))];
  assert(kept === rebuilt, `the index follows from the rest:\n${kept}\nand not\n${rebuilt}`);
};

/** What the books say that the world outside owes is there, in coins. */
const checkReserves = ({ chain, ledger }: State): void => {
  let sum = 0;
  for (const { height, spentAt, value } of chain.coins.values())
    if (height > 0 && spentAt === 0) sum += value;
  for (const { height, transfer, value } of chain.deposits.values())
    if (height > 0 && transfer === 0) sum -= value;
  const books = 0 - availableOf(ledger, CHAIN, BTC);
  assert(sum === books, `coins that count are worth ${sum}, in the books ${books}`);
};

const checkDeposits = (chain: Chain): void => {
  const sums = new Map<string, number>();
  let waiting = 0;
  let maturing = 0;
  for (const [outpoint, deposit] of chain.deposits) {
    const { address, height, transfer, value } = deposit;
    assert(outpoint === outpointOf(deposit) && value > 0, `deposit ${outpoint} is something`);
    assert(chain.uncredited.has(outpoint) === (transfer === 0), `${outpoint} counts once it was credited`);
    assert(chain.maturing.has(outpoint) === (transfer === 0 && height > 0), `${outpoint} matures in a block`);
    assert(transfer === 0 || height > 0, `${outpoint} counts only in a block`);
    if (transfer === 0) waiting++;
    if (transfer === 0 && height > 0) maturing++;
    const coin = chain.coins.get(outpoint);
    assert(height === 0 || (coin?.height === height && coin.value === value), `${outpoint} has its coin`);
    if (height > 0) sums.set(`${height} ${address}`, (sums.get(`${height} ${address}`) ?? 0) + value);
  }
  assert(chain.uncredited.size === waiting && chain.maturing.size === maturing, "what waits is a deposit");
  for (const { address, height, sum } of chain.deposits.values())
    assert(sum === (height > 0 ? sums.get(`${height} ${address}`) : 0), `sum of ${address} at ${height}`);
};

const checkCoins = (chain: Chain): void => {
  const spent = new Map<string, number>();
  for (const { versions, confirmed, height } of chain.payouts.values())
    for (const outpoint of versions[confirmed]?.inputs ?? []) spent.set(outpoint, height);
  for (const coin of chain.coins.values()) {
    const { address, goneAt, height, lost, outpoint, payout, spentAt, value } = coin;
    assert(Number.isSafeInteger(value) && value > 0, `coin ${outpoint} is something`);
    assert(chain.addresses.has(address), `coin ${outpoint} is at an address of ours`);
    assert(
      height <= tipHeight(chain) && spentAt <= tipHeight(chain),
      `coin ${outpoint} is not above the tip`,
    );
    assert(
      spentAt === 0 || (height > 0 && spentAt >= height),
      `coin ${outpoint} was there before it was spent`,
    );
    assert(spent.get(outpoint) === (spentAt > 0 && !lost ? spentAt : undefined), `${outpoint}: who spent it`);
    assert(
      goneAt < 0 || (height === 0 && payout !== 0 && !chain.deposits.has(outpoint)),
      `coin ${outpoint} is gone and not in sight`,
    );
    assert(!lost || spentAt > 0, `${outpoint} is lost by a transaction in a block`);
    if (payout !== 0)
      assert(
        chain.payouts.get(payout)?.versions.some(({ inputs }) => inputs.includes(outpoint)) === true,
        `coin ${outpoint} is bound by a payout that spends it`,
      );
    else if (height === 0) {
      const parent = ownChange(chain, { address, ...partsOf(outpoint) })?.payout;
      assert(parent?.height === 0 && parent.versions.length === 1, `coin ${outpoint} will come`);
    }
  }
};

const partsOf = (outpoint: string): { txid: string; vout: number } => {
  const [txid, vout] = outpoint.split(":") as [string, string];
  return { txid, vout: Number(vout) };
};

const checkPayout = (state: State, payout: Payout): void => {
  const { chain } = state;
  const { confirmed, conflict, height, is, number, pledged, versions, withdrawals } = payout;
  const first = versions[0]!;
  for (const { inputs } of versions)
    assert(
      first.inputs.every((outpoint) => inputs.includes(outpoint)),
      `payout ${number}: only one of its versions can confirm`,
    );
  assert(!pledged || (versions.length === 1 && withdrawals.length === 1), `payout ${number} stays as it is`);
  assert(
    height > 0 === confirmed >= 0 && confirmed < versions.length,
    `payout ${number}: which is in a block`,
  );
  assert(!payout.final || height > 0, `payout ${number} is final only in a block`);
  assert(!conflict || height === 0, `payout ${number} cannot confirm, or has`);
  assert(is === "payment" || withdrawals.length === 0, `payout ${number} is a ${is}`);
  if (height === 0 && !conflict)
    for (const outpoint of first.inputs) {
      const coin = chain.coins.get(outpoint);
      assert(
        coin?.payout === number && coin.spentAt === 0 && coin.goneAt < 0,
        `payout ${number}: ${outpoint} is its own`,
      );
    }
  for (const transfer of withdrawals)
    assert(state.withdrawals.get(transfer)?.payout === number, `withdrawal ${transfer} is paid by ${number}`);
};

const checkAddresses = ({ accounts, chain }: State): void => {
  for (const { address, account, branch, index } of chain.addresses.values()) {
    assert(account === CHANGE || account < accounts.list.length, `${address} belongs to an account`);
    assert(account < OPERATOR || branch === "receive", `${address}: accounts are given receive addresses`);
    assert(
      index < (branch === "change" ? chain.nextChange : chain.nextReceive),
      `${address} was given out and is not given out again`,
    );
  }
};

const textOf = ({ blocks, open, settling, versions, waiting }: ChainIndex): string =>
  JSON.stringify({
    blocks: [...blocks]
      .map(([height, contents]) => [
        height,
        contents.coins.map(({ outpoint }) => outpoint).sort(),
        contents.deposits.map(outpointOf).sort(),
        contents.spent.map(({ outpoint }) => outpoint).sort(),
        contents.confirmed.map(({ number }) => number).sort(),
        contents.conflicts
          .filter((payout) => payout.conflict?.height === height && payout.conflict.txid !== "")
          .map(({ number }) => number)
          .sort(),
      ])
      .filter(([, ...lists]) => lists.some((list) => (list as unknown[]).length > 0))
      .sort(([a], [b]) => Number(a) - Number(b)),
    open: [...open].sort(),
    settling: [...settling].sort(),
    versions: [...versions].map(([txid, { payout, version }]) => [txid, payout.number, version]).sort(),
    waiting: [...waiting].sort(),
  });
