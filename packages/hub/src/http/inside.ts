import type { Hub } from "../hub.ts";
import { answerEntered } from "./answer.ts";
import type { Response } from "./answer-form.ts";
import type { Authenticator } from "./authenticate.ts";
import type { Entered } from "./door.ts";

/** What stands beside the state, for those who read requests elsewhere. */
export interface Inside {
  /** Carries out a call whose signature was checked; `respond` is called once, when all is durable. */
  readonly answer: (entered: Entered, respond: (response: Response) => void) => void;
  /** Tells an HMAC key's secret, when it is sure to last; undefined where there is no such key. */
  readonly tellSecret: (token: string, tell: (secret: string | undefined) => void) => void;
  /** Counts a call that was refused before it came here. */
  readonly count: (fn: string, code: string) => void;
}

export const makeInside = (
  hub: () => Hub,
  authenticator: () => Authenticator,
  onInternal: (error: unknown, fn: string) => void,
): Inside => ({
  answer: (entered, respond) => {
    const { fn } = entered;
    const asked = { hub: hub(), authenticator: authenticator(), fn, respond };
    answerEntered({ ...asked, onInternal: (error) => onInternal(error, fn) }, entered);
  },
  tellSecret: (token, tell) => {
    const secret = authenticator().secretOf(token);
    hub().sequencer.whenDurable((error) => tell(error === undefined ? secret : undefined));
  },
  count: (fn, code) => hub().calls.count(fn, code),
});
