import { BTC, type Identity, lineOf, roomOf, type Tally } from "@coinholder/engine";
import { type Amount, type Answer, readIdentityKey } from "@coinholder/protocol";
import { dec, type Hub } from "../hub.ts";
import { byOf, carryOut, type Handlers, readAmount, refused } from "./call.ts";

type Told = Answer<"operator-peers">["identities"][number];

const MOST_TOLD = 500;

const identityText = (hub: Hub, identity: Identity): Told => {
  const { now, state } = hub.sequencer;
  const { ceiling, confirmed, doubleSpent, ended, firstSeen, key, lastSeen, open, replaced, seen, url } =
    identity;
  const btc = (amount: Amount): string => dec(hub, BTC, amount);
  const tally = ({ amount, number }: Tally) => ({ number, amount: btc(amount) });
  return {
    identity: Buffer.from(key, "hex").toString("base64"),
    url,
    ceiling: btc(ceiling),
    line: btc(lineOf(identity, now())),
    open: btc(open),
    room: btc(roomOf(state, identity, now())),
    first_seen_t: firstSeen,
    last_seen_t: lastSeen,
    seen: tally(seen),
    confirmed: tally(confirmed),
    replaced: tally(replaced),
    double_spent: tally(doubleSpent),
    ...(ended ? { ended: { txid: ended.txid, rival: ended.rival, t: ended.t } } : {}),
  };
};

export const operatorLineHandlers: Handlers<"operator-peers" | "operator-set-line"> = {
  "operator-peers": ({ hub }) => {
    const { ceiling, identities, open } = hub.sequencer.state.lines;
    // The one that was seen last is at the end.
    const all = [...identities.values()].reverse();
    const known = [...all.filter((one) => one.ceiling > 0), ...all.filter((one) => one.ceiling === 0)];
    return {
      peers: hub.peers.status().map(({ identity, lastRefusal, since, trouble, ...status }) => ({
        ...status,
        since_t: since,
        ...(identity === undefined ? {} : { identity }),
        ...(trouble === undefined ? {} : { trouble }),
        ...(lastRefusal === undefined ? {} : { last_refusal: lastRefusal }),
      })),
      identities: known.slice(0, MOST_TOLD).map((one) => identityText(hub, one)),
      more_exist: known.length > MOST_TOLD,
      open: dec(hub, BTC, open),
      ...(ceiling === undefined ? {} : { ceiling: dec(hub, BTC, ceiling) }),
    };
  },

  "operator-set-line": (call, { ceiling, identity }) => {
    const key = identity === undefined ? undefined : readIdentityKey(identity);
    if (identity !== undefined && !key)
      return refused("param_invalid", { param: "identity" }, "identity must be 32 bytes in base64.");
    const read = /^0+(?:\.0+)?$/.test(ceiling)
      ? { amount: 0 as Amount }
      : readAmount(call.hub, "BTC", ceiling, "ceiling");
    if ("refused" in read) return read;
    const whose = key ? { identity: Buffer.from(key).toString("hex") } : {};
    const done = carryOut(call, { kind: "set-line", by: byOf(call), ...whose, ceiling: read.amount });
    return "refused" in done ? done : {};
  },
};
