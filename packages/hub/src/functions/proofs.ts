import { type Handlers, refused } from "./call.ts";

type Names = "my-proof" | "proof-root" | "operator-publish-proof";

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

  "operator-publish-proof": ({ hub }) => {
    const { sequencer } = hub;
    return hub.proofs.publish(sequencer, hub.lastSeq(), sequencer.now());
  },
};
