import { CHAIN, COLD, emptyState, type Payout, type State } from "@coinholder/engine";
import type { TimeMs } from "@coinholder/protocol";
import { beforeEach, describe, expect, test } from "vitest";
import type { SourceTold } from "../desk/desk.ts";
import type { ChainView } from "../hub.ts";
import type { PeerStatus } from "../peers/link.ts";
import type { Alarm } from "./alarm.ts";
import { lookForAlarms } from "./look.ts";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

let state: State;
let view: ChainView;
let hotCeiling: number | undefined;
let peers: Partial<PeerStatus>[];
let freeBytes: number;
let sources: Partial<SourceTold>[];

beforeEach(() => {
  state = emptyState();
  state.chain.recent.push({ height: 1000, hash: "aa" });
  state.ledger.mayOwe.add(CHAIN).add(COLD);
  hotCeiling = undefined;
  peers = [];
  sources = [];
  freeBytes = 1e12;
  view = {
    network: "mainnet",
    feeRate: 2,
    nodeReachable: true,
    trouble: undefined,
    height: 1000,
    headers: 1000,
    peers: 8,
    tipSince: NOW,
    mempoolWatched: 0,
    lastReorg: 0,
    watched: 0,
    lookAfresh: false,
    coinSums: [],
    waiting: undefined,
  };
});

const look = (now = NOW): Alarm[] =>
  lookForAlarms(
    {
      chain: view,
      config: { wallet: { hotCeiling } as never },
      sequencer: { state, now: () => Math.max(now, state.t) },
      peers: { status: () => peers },
      desk: { sources: () => sources },
      room: {
        isFull: () => freeBytes < 32 * 2 ** 20,
        isLow: () => freeBytes < 512 * 2 ** 20,
        freeBytes: () => freeBytes,
      },
    } as never,
    now,
  );
const names = (now?: number): string[] => look(now).map(({ name }) => name);

const reserve = (transfer: number, t: number, payout = 0, amount = 1000): void => {
  state.withdrawals.set(transfer, {
    transfer,
    account: 9,
    address: "x",
    amount,
    fee: 10,
    t,
    payout,
  } as never);
};
const payout = (number: number, more: Partial<Payout> = {}): void => {
  const version = {
    txid: `tx${number}`,
    raw: "",
    inputs: [],
    change: [],
    fee: 100,
    vsize: 50,
    t: 0,
    tip: 1000,
  };
  state.chain.payouts.set(number, {
    number,
    is: "payment",
    withdrawals: [],
    pledged: false,
    cold: 0,
    versions: [version],
    broadcast: true,
    height: 0,
    confirmed: -1,
    final: false,
    conflict: undefined,
    ...more,
  } as never);
};
/** The books' word for what the wallet's coins are worth. */
const holds = (satoshi: number): void => {
  const { ledger } = state;
  ledger.first[CHAIN] = 1;
  ledger.count = 2;
  ledger.available[1] = -satoshi;
};

test("where nothing is the matter nothing is said", () => {
  holds(5_000);
  reserve(1, NOW);
  payout(1);
  expect(look()).toEqual([]);
});

describe("the node", () => {
  test("an unreachable one is told with its trouble, and not that no blocks come as well", () => {
    Object.assign(view, { nodeReachable: false, trouble: "wrong_network", tipSince: 0, headers: 2000 });
    expect(look()).toMatchObject([
      { name: "node_unreachable", level: "error", particulars: { trouble: "wrong_network" } },
    ]);
  });

  test("one block that was announced a moment ago is no lag, two are", () => {
    view.headers = 1001;
    expect(names()).toEqual([]);
    view.headers = 1002;
    expect(look()).toMatchObject([{ name: "node_behind", particulars: { height: 1000, headers: 1002 } }]);
  });

  test("no block for two hours is a stall, except on a chain whose blocks come when somebody wants them", () => {
    expect(names(NOW + 2 * HOUR - 1)).toEqual([]);
    expect(names(NOW + 2 * HOUR)).toEqual(["chain_stalled"]);
    expect(names(NOW + 2 * HOUR)).toEqual(["chain_stalled"]);
    Object.assign(view, { network: "regtest" });
    expect(names(NOW + 2000 * HOUR)).toEqual([]);
  });
});

describe("withdrawals", () => {
  test("a halt is told with its reason; a deep reorganisation by its own name, too", () => {
    state.chain.halt = { reason: "operator", t: NOW as never, detail: "d" };
    expect(look()).toMatchObject([{ name: "withdrawals_halted", level: "warn" }]);
    state.chain.halt = { reason: "deep_reorganisation", t: NOW as never, detail: "7 blocks" };
    expect(look()).toMatchObject([
      { name: "deep_reorganisation", level: "error", particulars: { detail: "7 blocks" } },
      { name: "withdrawals_halted", level: "error" },
    ]);
    state.chain.halt = { reason: "coin_spent_elsewhere", t: NOW as never, detail: "aa:0" };
    expect(look()).toMatchObject([{ name: "withdrawals_halted", level: "error" }]);
  });

  test("those not built for ten minutes are one alarm, however many they are", () => {
    for (let transfer = 1; transfer <= 500; transfer++) reserve(transfer, NOW);
    payout(1);
    reserve(501, NOW - HOUR, 1);
    expect(names(NOW + 600_000)).toEqual([]);
    view.waiting = "insufficient_coins";
    expect(look(NOW + 600_001)).toMatchObject([
      {
        name: "withdrawal_stuck",
        particulars: { count: 500, btc: "0.005", oldest: "t1", reason: "insufficient_coins" },
      },
    ]);
  });

  test("a payout in no block after 36 is stuck; one in a block is not", () => {
    payout(1);
    payout(2, { height: 1001, confirmed: 0 });
    state.chain.recent.push({ height: 1036, hash: "bb" });
    expect(names()).toEqual([]);
    state.chain.recent.push({ height: 1037, hash: "cc" });
    expect(look()).toMatchObject([{ of: "p1", particulars: { payout: "p1", txid: "tx1", blocks: 37 } }]);
  });

  test("payouts whose coins were spent elsewhere are told each, at once", () => {
    reserve(7, NOW, 1);
    payout(1, { withdrawals: [7], conflict: { outpoint: "aa:0", txid: "thief", height: 999 } });
    payout(2, { conflict: { outpoint: "bb:0", txid: "", height: 999 } });
    expect(look()).toMatchObject([
      { of: "p1", particulars: { withdrawals: ["t7"], btc: "0.00001", coin: "aa:0", spent_by: "thief" } },
      { of: "p2", particulars: { coin: "bb:0", gone_at: 999 } },
    ]);
    expect(look()[1]!.particulars).not.toHaveProperty("spent_by");
  });

  test.each([
    ["fee_too_high", "fees_capped", "warn"],
    ["over_daily_limit", "daily_limit", "warn"],
    ["over_payout_limit", "payout_limit", "error"],
    ["would_pay_twice", "signer_refuses", "error"],
    ["withdrawal_differs", "signer_refuses", "error"],
    ["outputs_differ", "signer_refuses", "error"],
    ["change_not_ours", "signer_refuses", "error"],
  ])("waiting because of %s is %s", (waiting, name, level) => {
    view.waiting = waiting;
    expect(look()).toMatchObject([{ name, level, particulars: { reason: waiting } }]);
  });

  test("waiting for coins is no alarm before it lasts", () => {
    view.waiting = "insufficient_coins";
    expect(look()).toEqual([]);
  });
});

describe("money", () => {
  test("the ceiling is about what stays when all under way is mined, so that a sweep that was sent ends the alarm", () => {
    holds(10_000);
    hotCeiling = 9_000;
    expect(look()).toMatchObject([
      { name: "hot_ceiling", particulars: { btc: "0.0001", hot_ceiling: "0.00009" } },
    ]);
    payout(1, { is: "sweep", cold: 900 } as never);
    expect(names()).toEqual([]);
    payout(1, { is: "sweep", cold: 899 } as never);
    expect(names()).toEqual(["hot_ceiling"]);
    hotCeiling = undefined;
    expect(names()).toEqual([]);
  });

  test("a promise of another hub that another transaction takes is told, and louder once it is lost", () => {
    const coin = { value: 5000, standing: "credited" };
    const conflict = { rival: "bb", height: 0 };
    const transfer = { txid: "aa", identity: "id", coins: [coin], lost: false, conflict };
    state.lines.identities.set("id", { url: "https://x.example" } as never);
    state.lines.transfers.set("aa", transfer as never);
    state.lines.conflicted.add("aa");
    const particulars = {
      btc: "0.00005",
      identity: "id",
      url: "https://x.example",
      txid: "aa",
      rival: "bb",
      height: 0,
    };
    expect(look()).toMatchObject([{ name: "double_spend", of: "aa", level: "warn", particulars }]);
    coin.standing = "lost";
    transfer.lost = true;
    expect(look()).toMatchObject([{ name: "double_spend", level: "error", particulars }]);
  });

  test("accounts in debt are named, with what they owe in all", () => {
    const { accounts, ledger } = state;
    ledger.count = 3;
    [5, 6].forEach((account, i) => {
      ledger.first[account] = i + 1;
      ledger.available[i + 1] = -1000 * (i + 1);
      ledger.debtors.add(account);
      accounts.list[account] = { id: `ac-${account}` } as never;
    });
    expect(look()).toMatchObject([
      { name: "debt", particulars: { btc: "0.00003", accounts: ["ac-5", "ac-6"] } },
    ]);
  });
});

test("a peer that has been down for ten minutes", () => {
  const url = "https://x.example";
  peers = [{ url, up: false, since: NOW - 600_000, trouble: "unreachable" }];
  expect(look()).toMatchObject([{ name: "peer_down", of: url, particulars: { trouble: "unreachable" } }]);
  expect(names(NOW - 1)).toEqual([]);
  peers = [{ url, up: true, since: NOW - 600_000 }];
  expect(names()).toEqual([]);
});

test("a price source that has not counted for a minute", () => {
  const one = { market: "BTC/USD", url: "ccxt:kraken", standing: "outlier" } as const;
  sources = [{ ...one, outSince: (NOW - 60_000) as TimeMs }];
  expect(look()).toMatchObject([
    { name: "price_source_out", of: "BTC/USD ccxt:kraken", particulars: { standing: "outlier" } },
  ]);
  expect(names(NOW - 1)).toEqual([]);
  sources = [{ ...one, standing: "used", outSince: undefined }];
  expect(names()).toEqual([]);
});

test("a line of which four fifths are used, of one identity or of all together", () => {
  const identity = { key: "aa", url: "u", ceiling: 1000, earned: [], open: 79, doubted: 0, ended: undefined };
  state.lines.identities.set("aa", identity as never);
  state.lines.open = 79;
  expect(names()).toEqual([]);
  identity.open = 80; // A tenth of the ceiling is the line that it begins with.
  expect(look()).toMatchObject([{ name: "line_nearly_used", of: "aa", particulars: { url: "u" } }]);
  identity.open = 0;
  state.lines.ceiling = 98 as never;
  expect(look()).toMatchObject([{ name: "line_nearly_used", of: "" }]);
});

test("a disk that fills up is told before it is full", () => {
  expect(names()).toEqual([]);
  freeBytes = 500 * 2 ** 20;
  expect(look()).toMatchObject([{ name: "disk_low", level: "warn", particulars: { free_mib: 500 } }]);
  freeBytes = 31 * 2 ** 20;
  expect(look()).toMatchObject([{ name: "disk_full", level: "error" }]);
});

test("a hub whose time stands still because its clock was ahead says so: calls that are signed rightly are refused meanwhile", () => {
  state.t = (NOW + 5_000) as TimeMs;
  expect(names()).toEqual([]);
  state.t = (NOW + 5_001) as TimeMs;
  expect(look()).toMatchObject([
    { name: "clock_ahead", level: "warn", particulars: { ahead_ms: 5_001, hub_t: NOW + 5_001 } },
  ]);
  state.t = (NOW + HOUR) as TimeMs;
  expect(look()).toMatchObject([{ name: "clock_ahead", level: "error" }]);
  expect(names(NOW + HOUR)).toEqual([]);
});
