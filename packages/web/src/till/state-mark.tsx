import type { JSX } from "preact";
import { t } from "../texts/index.ts";
import { Badge, type Tone } from "../ui/card.tsx";
import { Icon } from "../ui/icons.tsx";
import type { State } from "./day.ts";

export const toneOf: Readonly<Record<State, Tone>> = {
  open: "quiet",
  seen: "accent",
  paid: "good",
  overpaid: "good",
  underpaid: "warn",
  expired: "quiet",
  withdrawn: "quiet",
};

export const StateBadge = ({
  state,
  bitcoin = false,
}: {
  readonly state: State;
  /** All that came is bitcoin that were not exchanged. */
  readonly bitcoin?: boolean;
}): JSX.Element => (
  <Badge tone={toneOf[state]}>
    {(state === "paid" || state === "overpaid") && <Icon name="check" class="size-4" />}
    {bitcoin ? t.till.onlyBitcoin : state === "open" ? t.till.waiting : t.till.states[state]}
  </Badge>
);
