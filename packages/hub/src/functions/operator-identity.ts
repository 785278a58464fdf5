import { byOf, carryOut, type Handlers } from "./call.ts";

export const operatorIdentityHandlers: Handlers<"operator-rotate-identity"> = {
  "operator-rotate-identity": (call, params) => {
    const done = carryOut<{ rotations: number }>(call, { kind: "rotate-identity", by: byOf(call, params) });
    if ("refused" in done) return done;
    const { rotations } = done.answer;
    const { publicKey } = call.hub.wallet.identityKeyAt(rotations);
    return { public_key: Buffer.from(publicKey).toString("base64"), rotations };
  },
};
