import { type Handlers, refused } from "./call.ts";

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

  "operator-publish-proof": ({ hub }) => hub.proofs.publish(hub.sequencer, hub.wallet, hub.lastSeq()),
};
