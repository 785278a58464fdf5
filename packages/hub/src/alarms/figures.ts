import { availableOf, BTC, countOfOthers, HUB, type State, tip } from "@coinholder/engine";
import { functions } from "@coinholder/protocol";
import { Counter, Gauge, Registry } from "prom-client";
import type { Hub } from "../hub.ts";
import {
  coinsInBooks,
  coldInBooks,
  hotBalance,
  owedToAccounts,
  walletSums,
  withdrawalsUnderWay,
} from "../wallet-sums.ts";

/** Every name, so that an alarm that never came stands at 0 and not nowhere. */
const ALARM_NAMES = (
  functions["operator-chain"].result.schema as {
    properties: { alarms: { items: { properties: { name: { enum: readonly string[] } } } } };
  }
).properties.alarms.items.properties.name.enum;

const withdrawalStates = (state: State): Record<string, number> => {
  const counts = { reserved: 0, built: 0, broadcast: 0, confirmed: 0 };
  for (const { payout } of withdrawalsUnderWay(state)) {
    const by = state.chain.payouts.get(payout);
    if (by === undefined) counts.reserved++;
    else if (by.height > 0) counts.confirmed++;
    else counts[by.broadcast ? "broadcast" : "built"]++;
  }
  return counts;
};

/** The hub's figures for Prometheus, read when they are asked for. Amounts are in satoshi, names say the unit. */
export const figures = (hub: Hub): Registry => {
  const registry = new Registry();
  const { chain: view, sequencer } = hub;
  const { state } = sequencer;
  const gauge = (name: string, help: string, read: () => number): void => {
    const of: Gauge = new Gauge({
      name: `coinholder_${name}`,
      help,
      registers: [registry],
      collect: () => of.set(read()),
    });
  };
  const labelled = <L extends string>(
    name: string,
    help: string,
    label: L,
    read: () => Iterable<readonly [string, number]>,
  ): void => {
    const of: Gauge<L> = new Gauge({
      name: `coinholder_${name}`,
      help,
      labelNames: [label],
      registers: [registry],
      collect: () => {
        of.reset();
        for (const [value, number] of read()) of.labels(value).set(number);
      },
    });
  };

  labelled("alarm", "1 while it is raised.", "name", () => {
    const raised = new Set<string>(hub.alarms.current().map(({ name }) => name));
    return ALARM_NAMES.map((name) => [name, raised.has(name) ? 1 : 0] as const);
  });

  gauge("node_reachable", "Whether the Bitcoin node answers.", () => (view.nodeReachable ? 1 : 0));
  gauge("node_height", "Highest block that the node has checked.", () => view.height);
  gauge("node_headers", "Highest header that the node knows of.", () => view.headers);
  gauge("node_peers", "Nodes that the node is connected to.", () => view.peers);
  gauge("tip_height", "Highest block that was carried out.", () => tip(state.chain)?.height ?? 0);
  gauge("tip_age_seconds", "Since the tip last changed.", () => (Date.now() - view.tipSince) / 1000);
  gauge("last_reorg_blocks", "Blocks undone by the last reorganisation.", () => view.lastReorg);
  gauge("mempool_transactions", "Unconfirmed transactions looked through.", () => view.mempoolWatched);
  gauge("watched_scripts", "Scripts that the chain is searched for.", () => view.watched);
  gauge("fee_rate_sat_per_vbyte", "What payouts are made with.", () => view.feeRate);

  labelled("wallet_satoshi", "The wallet's coins by what can be done with them.", "kind", () => {
    const { confirmed, unconfirmed, uncredited, locked } = walletSums(state);
    return Object.entries({ confirmed, unconfirmed, uncredited, locked });
  });
  gauge("wallet_free_coins", "Unspent outputs that no payout spends.", () => walletSums(state).free);
  gauge("coins_in_books_satoshi", "What the wallet holds against what is owed.", () => coinsInBooks(state));
  gauge("hot_satoshi", "What the wallet holds when all under way is mined.", () => hotBalance(state));
  gauge("cold_satoshi", "Swept to the cold wallet.", () => coldInBooks(state));
  gauge("fees_taken_satoshi", "The hub's own BTC.", () => availableOf(state.ledger, HUB, BTC));
  labelled("owed", "What accounts have, in smallest units.", "currency", () =>
    owedToAccounts(state).map((sum, i) => [state.config.currencies[i]!.code, sum] as const),
  );

  labelled("withdrawals", "Withdrawals by chain that are not final.", "state", () =>
    Object.entries(withdrawalStates(state)),
  );
  gauge("payouts_in_flight", "Payouts in no block.", () => {
    let count = 0;
    for (const { height } of state.chain.payouts.values()) if (height === 0) count++;
    return count;
  });
  gauge("debtors", "Accounts below zero.", () => state.ledger.debtors.size);
  gauge("accounts", "Accounts.", () => countOfOthers(state));
  gauge("webhook_events_waiting", "Events that wait to be posted.", () => hub.webhooks.waiting());
  labelled("peer_up", "1 while the peer can be told of invoices.", "url", () =>
    hub.peers.status().map(({ up, url }) => [url, up ? 1 : 0] as const),
  );
  labelled("peer_queue", "What the peer is still to be told.", "url", () =>
    hub.peers.status().map(({ queue, url }) => [url, queue] as const),
  );
  gauge(
    "invoices_from_elsewhere",
    "Live invoices that this hub did not make.",
    () => state.invoices.outside.all,
  );
  gauge("credited_early_satoshi", "Credited before it confirms.", () => state.lines.open);
  gauge("journal_seq", "Last journal entry on disk.", () => hub.durableSeq());

  const calls: Counter<"function" | "outcome"> = new Counter({
    name: "coinholder_calls_total",
    help: "Calls by function and outcome: ok, or the code of the error.",
    labelNames: ["function", "outcome"],
    registers: [registry],
    collect: () => {
      calls.reset();
      for (const [fn, outcome, count] of hub.calls.all()) calls.labels(fn, outcome).inc(count);
    },
  });
  return registry;
};
