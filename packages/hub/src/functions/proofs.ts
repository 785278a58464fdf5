import { BTC } from "@coinholder/engine";
import { dec } from "../hub.ts";
import { type Handlers, refused } from "./call.ts";
import { writeDownFirst } from "./operator-action.ts";

type Names = "my-proof" | "proof-root" | "proof-of-reserves" | "operator-publish-proof";

export const proofHandlers: Handlers<Names> = {
  "my-proof": ({ hub, by }) => {
    const last = hub.proofs.last();
    const proof = hub.proofs.of(by!.account);
    if (!last || !proof) return refused("proof_unknown");
    const { root, t, journal_seq } = last;
    return {
      root: { ...root },
      t,
      journal_seq,
      leaf: { ...proof.leaf },
      path: proof.path.map((step) => ({ ...step })),
    };
  },

  "proof-root": ({ hub }) => hub.proofs.last() ?? refused("proof_unknown"),

  "proof-of-reserves": ({ hub }, { batch }) =>
    hub.proofs.batch(batch) ??
    refused("proof_unknown", {}, `The last published proof has no batch ${batch}.`),

  "operator-publish-proof": (call) => {
    const { hub } = call;
    return writeDownFirst(
      call,
      {},
      () => hub.proofs.publish(hub.sequencer, hub.wallet, hub.lastSeq()),
      ({ journal_seq, reserves, root }) => ({
        root: root.hash,
        proof_journal_seq: journal_seq,
        coins: reserves.coins,
        reserves: dec(hub, BTC, reserves.amount),
        owed: dec(hub, BTC, reserves.owed),
      }),
    );
  },
};
