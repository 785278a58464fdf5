import type { Amount, TimeMs } from "@coinholder/protocol";
import type { State } from "../state.ts";
import { dayOf, type Identity } from "./record.ts";

/**
 * An identity's **line** is how much of its transfers this hub credits before they confirm.
 *
 * - It is nothing until the operator sets a ceiling for that identity: identities are free, and payments to oneself make a record.
 * - It begins with a tenth of the ceiling and grows by half of what the identity's transfers brought here within the last
 *   180 days, counted by UTC day, up to the ceiling.
 * - One double spend ends it for good: another transaction spent what one of its transfers spends, and is as deep in the chain as
 *   the transfer would have had to be to count.
 * - While such another transaction is only seen, in the mempool or in a block that is not so deep, the line is nothing; and what was
 *   earned until then is forgotten, so that it begins with the tenth again should the first transfer prevail.
 * - Nothing is credited early while payments by chain stand still.
 *
 * What may be credited now is the line less what is open of the identity, and no more than the ceiling of all identities together, if
 * the operator has set one, less what is open of all.
 */
export const lineOf = (identity: Identity, t: TimeMs): Amount => {
  if (identity.ended || identity.doubted > 0) return 0 as Amount;
  const { ceiling } = identity;
  return Math.min(ceiling, Math.floor(ceiling / 10) + Math.floor(earnedOf(identity, t) / 2)) as Amount;
};

export const EARNED_DAYS = 180;

/** What counted within the last 180 days. */
export const earnedOf = ({ earned }: Identity, t: TimeMs): number => {
  const since = dayOf(t) - EARNED_DAYS;
  return earned.reduce((sum, [day, amount]) => (day > since ? sum + amount : sum), 0);
};

/** What may be credited of it now, in satoshi. */
export const roomOf = ({ chain, lines }: State, identity: Identity | undefined, t: TimeMs): Amount => {
  if (!identity || chain.halt || lines.account < 0) return 0 as Amount;
  const together = (lines.ceiling ?? Number.MAX_SAFE_INTEGER) - lines.open;
  return Math.max(0, Math.min(lineOf(identity, t) - identity.open, together)) as Amount;
};

/** Whether a transfer of that much by that identity (hex) would be credited before it confirms, were it attached now. */
export const lineCarries = (state: State, identity: string, amount: Amount, t: TimeMs): boolean =>
  amount <= roomOf(state, state.lines.identities.get(identity), t);
