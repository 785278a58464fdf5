import { BTC, balancesOf, countOfOthers, HUB, tip } from "@coinholder/engine";
import { type Answer, formatAmount } from "@coinholder/protocol";
import { balanceKey, dec, type Hub } from "../hub.ts";
import { owedToAccounts, walletSums, withdrawalsUnderWay } from "../wallet-sums.ts";
import { byOf, carryOut, type Handlers, readAmount } from "./call.ts";

type Names =
  | "operator-credit"
  | "operator-fiat-withdrawals"
  | "operator-settle-fiat-withdrawal"
  | "operator-registration"
  | "operator-status";

const toldSources = ({ desk, sequencer }: Hub): Pick<Answer<"operator-status">, "price_sources"> => {
  const sources = desk?.sources() ?? [];
  if (sources.length === 0) return {};
  const { currencies } = sequencer.state.config;
  return {
    price_sources: sources.map(({ market, outSince, price, standing, trouble, url }) => {
      const { decimals } = currencies.find(({ code }) => market.endsWith(`/${code}`))!;
      const told = (side: number): string => formatAmount(side, decimals);
      return {
        market,
        source: url,
        standing,
        ...(price === undefined ? {} : { bid: told(price.bid), ask: told(price.ask), t: price.t }),
        ...(outSince === undefined ? {} : { out_since_t: outSince }),
        ...(trouble === undefined ? {} : { trouble }),
      };
    }),
  };
};

export const operatorHandlers: Handlers<Names> = {
  "operator-credit": (call, params) => {
    const { hub } = call;
    const read = readAmount(hub, params.currency, params.amount);
    if ("refused" in read) return read;
    const done = carryOut<{ transfer: number }>(
      call,
      {
        kind: "credit",
        by: byOf(call, params),
        to: params.to_account,
        currency: params.currency,
        amount: read.amount,
        reference: params.reference,
      },
      read.currency,
    );
    return "refused" in done ? done : { transfer_id: `t${done.answer.transfer}` };
  },

  "operator-fiat-withdrawals": ({ hub }) => {
    const { fiatWithdrawals, accounts, config } = hub.sequencer.state;
    return {
      withdrawals: [...fiatWithdrawals.values()].map((one) => ({
        transfer_id: `t${one.transfer}`,
        account: accounts.list[one.account]!.id,
        currency: config.currencies[one.currency]!.code,
        amount: dec(hub, one.currency, one.amount),
        destination: one.destination,
        t: one.t,
      })),
    };
  },

  "operator-settle-fiat-withdrawal": (call, { transfer_id, outcome, reference }) => {
    const transfer = Number(transfer_id.slice(1));
    const done = carryOut(call, {
      kind: "settle-fiat",
      by: byOf(call),
      transfer,
      outcome,
      reference,
      ...(outcome === "refused" ? { forOwner: true } : {}),
    });
    return "refused" in done ? done : {};
  },

  "operator-registration": (call, { open }) => {
    const done = carryOut(call, { kind: "set-registration", by: byOf(call), open });
    return "refused" in done ? done : {};
  },

  "operator-status": ({ hub }) => {
    const { state } = hub.sequencer;
    const { chain, ledger } = state;
    const fees = balancesOf(ledger, HUB).filter((balance) => balance.available !== 0);
    const sums = walletSums(state);
    const top = tip(chain);
    const snapshot = hub.snapshots.newest();
    const free = hub.room.freeBytes();
    return {
      journal_seq: hub.durableSeq(),
      journal: {
        seq: hub.lastSeq(),
        durable_seq: hub.durableSeq(),
        history_seq: hub.history.position,
        ...(snapshot ? { snapshot: { ...snapshot } } : {}),
        ...(free === undefined ? {} : { free_bytes: free }),
      },
      accounts: countOfOthers(state),
      registration_open: state.registrationOpen,
      chain: { height: top?.height ?? 0, hash: top?.hash ?? "", node_reachable: hub.chain.nodeReachable },
      wallet: {
        confirmed: dec(hub, BTC, sums.confirmed),
        unconfirmed: dec(hub, BTC, sums.unconfirmed),
        coins: sums.free,
        withdrawals_under_way: withdrawalsUnderWay(state).length,
      },
      totals: Object.fromEntries(
        owedToAccounts(state).map((sum, currency) => [balanceKey(hub, currency), dec(hub, currency, sum)]),
      ),
      fees: Object.fromEntries(
        fees.map(({ currency, available }) => [balanceKey(hub, currency), dec(hub, currency, available)]),
      ),
      in_debt: ledger.debtors.size,
      ...toldSources(hub),
    };
  },
};
