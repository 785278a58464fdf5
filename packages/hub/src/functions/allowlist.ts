import { checkDestination } from "@coinholder/bitcoin";
import { allowlistOf } from "@coinholder/engine";
import type { Answer, Refusal } from "@coinholder/protocol";
import type { Hub } from "../hub.ts";
import { byOf, carryOut, type Handlers, refused } from "./call.ts";

type Names = "my-allowlist" | "change-allowlist";

/** The addresses in the hub's own writing, each once. */
const written = (
  hub: Hub,
  param: string,
  given: readonly string[] = [],
): { addresses: string[] } | { refused: Refusal } => {
  const addresses = new Set<string>();
  for (const one of given) {
    const checked = checkDestination(one, hub.wallet.network);
    if (checked.refused !== undefined)
      return refused("address_invalid", { param, address: one, reason: checked.refused });
    addresses.add(checked.address);
  }
  return { addresses: [...addresses] };
};

export const allowlistHandlers: Handlers<Names> = {
  "my-allowlist": ({ hub, by }) => {
    const { state, now } = hub.sequencer;
    return allowlistOf(state, state.accounts.byId.get(by!.account)!.index, now());
  },

  "change-allowlist": (call, params) => {
    const add = written(call.hub, "add", params.add);
    if ("refused" in add) return add;
    const remove = written(call.hub, "remove", params.remove);
    if ("refused" in remove) return remove;
    const done = carryOut<Answer<"change-allowlist">>(call, {
      kind: "change-allowlist",
      by: byOf(call, params),
      add: add.addresses,
      remove: remove.addresses,
      on: params.on,
    });
    return "refused" in done ? done : done.answer;
  },
};
