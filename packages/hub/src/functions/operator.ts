import { BTC, balancesOf, HUB, SYSTEM_IDS, tip } from "@coinholder/engine";
import { balanceKey, dec } from "../hub.ts";
import { byOf, carryOut, type Handlers, readAmount, refused } from "./call.ts";

type Names =
  | "operator-credit"
  | "operator-fiat-withdrawals"
  | "operator-settle-fiat-withdrawal"
  | "operator-registration"
  | "operator-status";

export const operatorHandlers: Handlers<Names> = {
  "operator-credit": (call, params) => {
    const { hub } = call;
    const read = readAmount(hub, params.currency, params.amount);
    if ("refused" in read && read.refused.code === "currency_unknown") return read;
    if (params.currency === "BTC") return refused("unsupported", {}, "Only the chain brings BTC.");
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
    const done = carryOut(call, { kind: "settle-fiat", by: byOf(call), transfer, outcome, reference });
    return "refused" in done ? done : {};
  },

  "operator-registration": (call, { open }) => {
    const done = carryOut(call, { kind: "set-registration", by: byOf(call), open });
    return "refused" in done ? done : {};
  },

  "operator-status": ({ hub }) => {
    const { state } = hub.sequencer;
    const { accounts, chain, config, ledger } = state;
    const totals = config.currencies.map(() => 0);
    for (const account of accounts.list.slice(SYSTEM_IDS.length))
      for (const { currency, available, held } of balancesOf(ledger, account.index))
        totals[currency]! += available + held;
    const fees = balancesOf(ledger, HUB).filter((balance) => balance.available !== 0);
    const coins = [...chain.coins.values()].filter((coin) => coin.spentAt === 0 && coin.payout === 0);
    const worth = (confirmed: boolean): string =>
      dec(
        hub,
        BTC,
        coins.filter((coin) => coin.height > 0 === confirmed).reduce((sum, coin) => sum + coin.value, 0),
      );
    const top = tip(chain);
    return {
      journal_seq: hub.durableSeq(),
      accounts: accounts.list.length - SYSTEM_IDS.length,
      registration_open: state.registrationOpen,
      chain: { height: top?.height ?? 0, hash: top?.hash ?? "", node_reachable: hub.chain.nodeReachable },
      wallet: {
        confirmed: worth(true),
        unconfirmed: worth(false),
        coins: coins.length,
        withdrawals_under_way: state.withdrawals.size,
      },
      totals: Object.fromEntries(
        totals.map((sum, currency) => [balanceKey(hub, currency), dec(hub, currency, sum)]),
      ),
      fees: Object.fromEntries(
        fees.map(({ currency, available }) => [balanceKey(hub, currency), dec(hub, currency, available)]),
      ),
      in_debt: ledger.debtors.size,
    };
  },
};
