import { tip } from "@coinholder/engine";
import { byOf, carryOut, type Handlers } from "./call.ts";

type Names = "operator-chain" | "operator-halt-withdrawals" | "operator-resume-withdrawals";

export const operatorChainHandlers: Handlers<Names> = {
  "operator-chain": ({ hub }) => {
    const { alarms, chain: view, sequencer } = hub;
    const { chain } = sequencer.state;
    const { height = 0, hash = "" } = tip(chain) ?? {};
    return {
      network: view.network,
      node_reachable: view.nodeReachable,
      ...(view.trouble === undefined ? {} : { trouble: view.trouble }),
      tip: { height, hash, since_t: view.tipSince },
      node: { height: view.height, headers: view.headers, peers: view.peers },
      lag: Math.max(0, Math.max(view.height, view.headers) - height),
      mempool_watched: view.mempoolWatched,
      fee_rate: view.feeRate,
      last_reorg: view.lastReorg,
      watched_addresses: view.watched,
      ...(chain.halt ? { halt: chain.halt } : {}),
      alarms: alarms.current().map(({ level, message, name, particulars, since }) => ({
        name,
        level,
        message,
        since_t: since,
        particulars,
      })),
    };
  },

  "operator-halt-withdrawals": (call, { reason: why }) => {
    const done = carryOut(call, { kind: "halt-withdrawals", by: byOf(call), reason: "operator", why });
    return "refused" in done ? done : { halt: call.hub.sequencer.state.chain.halt! };
  },

  "operator-resume-withdrawals": (call, { reason: why }) => {
    const done = carryOut(call, { kind: "resume-withdrawals", by: byOf(call), why });
    return "refused" in done ? done : {};
  },
};
