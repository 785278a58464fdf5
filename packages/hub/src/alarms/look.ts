import { availableOf, BTC, lineOf, type Payout, type State, tip } from "@coinholder/engine";
import { formatAmount, NONCE_WINDOW_MS, type TimeMs } from "@coinholder/protocol";
import type { HubConfig } from "../config-file.ts";
import type { Desk } from "../desk/desk.ts";
import type { DiskRoom } from "../disk-room.ts";
import type { ChainView } from "../hub.ts";
import type { PeerLinks } from "../peers/peers.ts";
import { amountOf, hotBalance, versionOf } from "../wallet-sums.ts";
import type { Alarm, AlarmName } from "./alarm.ts";

const HOUR_MS = 3_600_000;
/** Of 52,000 blocks a year fewer than one is so late by chance. */
const STALLED_MS = 2 * HOUR_MS;
/** A block that was announced a moment ago is no lag. */
const BEHIND_BLOCKS = 2;
const RESERVED_TOO_LONG_MS = 10 * 60_000;
const UNCONFIRMED_TOO_LONG_BLOCKS = 36;
/** Clocks are set back by moments all the time. */
const AHEAD_MS = 5_000;

/** What alarms are read from; a hub has all of it. */
export interface Looked {
  readonly chain: ChainView;
  readonly config: Pick<HubConfig, "wallet">;
  readonly sequencer: { readonly state: State; readonly now: () => TimeMs };
  readonly peers: Pick<PeerLinks, "status">;
  readonly desk: Pick<Desk, "sources"> | undefined;
  readonly room: DiskRoom;
}

const btc = (amount: number): string => formatAmount(amount, 8);

const ofNode = (view: ChainView, now: number): Alarm[] => {
  const { height, headers, network, peers, tipSince, trouble } = view;
  if (!view.nodeReachable)
    return [
      {
        name: "node_unreachable",
        level: "error",
        message: "The Bitcoin node cannot be followed: nothing comes in or goes out by chain.",
        particulars: { trouble: trouble ?? "unknown" },
      },
    ];
  const found: Alarm[] = [];
  if (headers - height >= BEHIND_BLOCKS)
    found.push({
      name: "node_behind",
      level: "warn",
      message: `The Bitcoin node has yet to check ${headers - height} blocks; no payments are built until then.`,
      particulars: { height, headers },
    });
  // On regtest blocks come when somebody wants them.
  if (network !== "regtest" && now - tipSince >= STALLED_MS)
    found.push({
      name: "chain_stalled",
      level: "error",
      message: `No block for ${Math.floor((now - tipSince) / HOUR_MS)} hours: is the node cut off?`,
      particulars: { height, peers, tip_since_t: tipSince },
    });
  return found;
};

const ofHalt = ({ chain }: State): Alarm[] => {
  const { halt } = chain;
  if (!halt) return [];
  const { detail, reason, t } = halt;
  const stopped: Alarm = {
    name: "withdrawals_halted",
    level: reason === "operator" ? "warn" : "error",
    message: `Payments by chain stand still until they are resumed: coinholder chain resume.${
      reason === "operator" && detail !== "" ? ` The reason given: ${detail}` : ""
    }`,
    particulars: { reason, detail, halted_t: t },
  };
  if (reason !== "deep_reorganisation") return [stopped];
  const deep: Alarm = {
    name: "deep_reorganisation",
    level: "error",
    message: "More blocks were undone than is usual: look before payments go on.",
    particulars: { detail },
  };
  return [deep, stopped];
};

const ofReserved = (state: State, waiting: string | undefined, now: number): Alarm[] => {
  const late = [...state.withdrawals.values()].filter(
    ({ payout, t }) => payout === 0 && now - t > RESERVED_TOO_LONG_MS,
  );
  if (late.length === 0) return [];
  const amount = late.reduce((sum, one) => sum + one.amount, 0);
  return [
    {
      name: "withdrawal_stuck",
      of: "reserved",
      level: "error",
      message: `${late.length} withdrawals (${btc(amount)} BTC) have not been built for more than ten minutes.`,
      particulars: {
        count: late.length,
        btc: btc(amount),
        oldest: `t${late[0]!.transfer}`,
        ...(waiting === undefined ? {} : { reason: waiting }),
      },
    },
  ];
};

const ofPayout = (state: State, payout: Payout): Alarm[] => {
  if (payout.height > 0 || payout.final) return [];
  const { conflict, number, versions } = payout;
  const particulars = {
    payout: `p${number}`,
    txid: versionOf(payout).txid,
    withdrawals: payout.withdrawals.map((transfer) => `t${transfer}`),
    btc: btc(amountOf(state, payout)),
  };
  const stuck = (message: string, more: object = {}): Alarm => ({
    name: "withdrawal_stuck",
    of: `p${number}`,
    level: "error",
    message,
    particulars: { ...particulars, ...more },
  });
  if (conflict) {
    const { height, outpoint, txid } = conflict;
    const gone = { coin: outpoint, gone_at: height };
    return txid === ""
      ? [stuck(`Payout p${number} spends a deposit that a reorganisation undid.`, gone)]
      : [
          stuck(
            `Payout p${number} can never confirm: ${txid} spent a coin of it. Does anybody else have the wallet's keys?`,
            { ...gone, spent_by: txid },
          ),
        ];
  }
  const blocks = (tip(state.chain)?.height ?? 0) - versions[0]!.tip;
  if (blocks <= UNCONFIRMED_TOO_LONG_BLOCKS) return [];
  return [stuck(`Payout p${number} is in no block after ${blocks} blocks.`, { blocks })];
};

const WAITING: Readonly<Record<string, readonly [AlarmName, Alarm["level"], string]>> = {
  fee_too_high: ["fees_capped", "warn", "Withdrawals wait: at the going rate they cost more than the cap."],
  over_daily_limit: ["daily_limit", "warn", "Withdrawals wait: the wallet has signed its daily limit."],
  over_payout_limit: ["payout_limit", "error", "A withdrawal is over what one payout may pay."],
  outputs_differ: ["signer_refuses", "error", "The signer refuses: not what withdrawals ask for."],
  change_not_ours: ["signer_refuses", "error", "The signer refuses: the change would go elsewhere."],
  withdrawal_differs: ["signer_refuses", "error", "The signer refuses: it knows this withdrawal otherwise."],
  over_fee_rate: [
    "signer_refuses",
    "error",
    "The signer refuses: it would give miners more than the ceiling.",
  ],
  would_pay_twice: ["signer_refuses", "error", "The signer refuses: it has paid this withdrawal already."],
};

const ofWaiting = ({ waiting }: ChainView): Alarm[] => {
  const known = waiting === undefined ? undefined : WAITING[waiting];
  if (!known) return []; // for want of coins: told when it lasts
  const [name, level, message] = known;
  return [{ name, level, message, particulars: { reason: waiting } }];
};

const ofHotCeiling = (state: State, ceiling: number | undefined): Alarm[] => {
  const hot = hotBalance(state);
  if (ceiling === undefined || hot <= ceiling) return [];
  return [
    {
      name: "hot_ceiling",
      level: "warn",
      message: `The wallet holds ${btc(hot)} BTC, ${btc(hot - ceiling)} above its ceiling: coinholder wallet sweep.`,
      particulars: { btc: btc(hot), hot_ceiling: btc(ceiling) },
    },
  ];
};

const ofDebt = ({ accounts, ledger }: State): Alarm[] => {
  const { debtors } = ledger;
  if (debtors.size === 0) return [];
  const owed = [...debtors].reduce(
    (sum, account) => sum + Math.max(0, -availableOf(ledger, account, BTC)),
    0,
  );
  return [
    {
      name: "debt",
      level: "error",
      message: `${debtors.size} accounts have spent ${btc(owed)} BTC that the chain took back.`,
      particulars: {
        btc: btc(owed),
        accounts: [...debtors].slice(0, 20).map((account) => accounts.list[account]!.id),
      },
    },
  ];
};

/** What other hubs promised and another transaction takes; a loss is told as long as a reorganisation could still undo it. */
const ofPromises = ({ lines }: State): Alarm[] =>
  [...lines.conflicted].map((txid) => {
    const { coins, conflict, identity, lost } = lines.transfers.get(txid)!;
    const credited = coins.filter(({ standing }) => standing === "credited" || standing === "lost");
    const sum = btc(credited.reduce((all, { value }) => all + value, 0));
    return {
      name: "double_spend",
      of: txid,
      level: lost ? "error" : "warn",
      message: lost
        ? `Transfer ${txid} was double-spent: of what its hub promised, ${sum} BTC are this hub's loss.`
        : `Another transaction spends what transfer ${txid} spends; ${sum} BTC of it were credited.`,
      particulars: {
        btc: sum,
        identity,
        url: lines.identities.get(identity)!.url,
        txid,
        rival: conflict!.rival,
        height: conflict!.height,
      },
    };
  });

const PEER_DOWN_MS = 10 * 60_000;

const ofPeers = (peers: Looked["peers"], now: number): Alarm[] =>
  peers
    .status()
    .filter(({ since, up }) => !up && now - since >= PEER_DOWN_MS)
    .map(({ since, trouble, url }) => ({
      name: "peer_down",
      of: url,
      level: "warn",
      message: `${url} is told of no invoice: it cannot be called.`,
      particulars: { url, trouble, down_since_t: since },
    }));

const SOURCE_OUT_MS = 60_000;

const ofPriceSources = (desk: Looked["desk"], now: number): Alarm[] =>
  (desk?.sources() ?? [])
    .filter(({ outSince }) => outSince !== undefined && now - outSince >= SOURCE_OUT_MS)
    .map(({ market, outSince, standing, trouble, url }) => ({
      name: "price_source_out",
      of: `${market} ${url}`,
      level: "warn",
      message: `${url} has not counted for the desk's price of ${market} for a minute: ${standing}.`,
      particulars: {
        market,
        source: url,
        standing,
        ...(trouble === undefined ? {} : { trouble }),
        out_since_t: outSince,
      },
    }));

/** Four fifths of it. */
const isNearlyUsed = (open: number, line: number): boolean => line > 0 && open * 5 >= line * 4;

const ofLines = ({ lines }: State, now: TimeMs): Alarm[] => {
  if (lines.open === 0) return [];
  const nearlyUsed = (of: string, open: number, line: number, more: object): Alarm => ({
    name: "line_nearly_used",
    of,
    level: "warn",
    message: `${btc(open)} of ${btc(line)} BTC that may be credited before they confirm are: what comes next waits for a block.`,
    particulars: { open: btc(open), line: btc(line), ...more },
  });
  const found: Alarm[] = [];
  if (lines.ceiling !== undefined && isNearlyUsed(lines.open, lines.ceiling))
    found.push(nearlyUsed("", lines.open, lines.ceiling, {}));
  for (const identity of lines.identities.values()) {
    if (identity.open === 0) continue;
    const line = lineOf(identity, now);
    if (isNearlyUsed(identity.open, line))
      found.push(
        nearlyUsed(identity.key, identity.open, line, { identity: identity.key, url: identity.url }),
      );
  }
  return found;
};

const ofRoom = (room: DiskRoom): Alarm[] => {
  const particulars = { free_mib: Math.floor((room.freeBytes() ?? 0) / 1_048_576) };
  if (room.isFull())
    return [
      {
        name: "disk_full",
        level: "error",
        message: "The disk of the data folder is full: nothing is changed until there is room.",
        particulars,
      },
    ];
  return room.isLow()
    ? [{ name: "disk_low", level: "warn", message: "The disk of the data folder fills up.", particulars }]
    : [];
};

/** The hub's time never goes back: after its machine's clock was ahead it stands until that has caught up. */
const ofClock = (time: TimeMs, now: number): Alarm[] => {
  const ahead = time - now;
  if (ahead <= AHEAD_MS) return [];
  return [
    {
      name: "clock_ahead",
      level: ahead > NONCE_WINDOW_MS ? "error" : "warn",
      message: `The hub's time is ${Math.floor(ahead / 1000)} s ahead of its machine's clock and stands still until that has caught up.`,
      particulars: { ahead_ms: ahead, hub_t: time },
    },
  ];
};

/**
 * All that is the matter now, read and nothing else.
 * @param now ms since 1970
 */
export const lookForAlarms = (
  { chain: view, config, desk, peers, room, sequencer: { now: hubTime, state } }: Looked,
  now: number,
): Alarm[] => [
  ...ofNode(view, now),
  ...ofHalt(state),
  ...ofWaiting(view),
  ...ofReserved(state, view.waiting, now),
  ...[...state.chain.payouts.values()].flatMap((payout) => ofPayout(state, payout)),
  ...ofHotCeiling(state, config.wallet.hotCeiling),
  ...ofDebt(state),
  ...ofPromises(state),
  ...ofPeers(peers, now),
  ...ofPriceSources(desk, now),
  ...ofLines(state, now as TimeMs),
  ...ofRoom(room),
  ...ofClock(hubTime(), now),
];
