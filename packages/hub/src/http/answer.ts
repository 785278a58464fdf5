import { IDENTITY_PARAMS, type Refusal, refusal } from "@coinholder/protocol";
import { type CallOutcome, callFunction } from "../functions/registry.ts";
import type { Hub } from "../hub.ts";
import { type Response, refusedWith } from "./answer-form.ts";
import type { Authenticator, Proven } from "./authenticate.ts";
import { type Entered, enter, type Refused, type Request } from "./door.ts";
import type { ProvenIdentity } from "./identity-call.ts";

/** Whom the state finds the caller to be: at once, but for passwords and other hubs. */
const authenticate = (
  hub: Hub,
  authenticator: Authenticator,
  { by, fn, pairs, source }: Entered,
):
  | Proven
  | ProvenIdentity
  | undefined
  | { refused: Refusal }
  | Promise<Proven | ProvenIdentity | { refused: Refusal }> => {
  if (by === undefined) return undefined;
  const { now } = hub.sequencer;
  if ("token" in by) return authenticator.byClaim(by, now());
  if ("name" in by) return authenticator.byPassword(by.name, by.pass, source, now);
  return hub.identityCalls
    .prove({ fn, pairs, body: Buffer.from(by.body), signature: by.identitySignature, source })
    .then((proven) => {
      for (const param of IDENTITY_PARAMS) pairs.delete(param);
      return proven;
    });
};

const carryOut = (
  hub: Hub,
  { fn, pairs, source }: Entered,
  proven: Proven | ProvenIdentity | undefined | { refused: Refusal },
): CallOutcome | Promise<CallOutcome> => {
  if (proven !== undefined && "refused" in proven) return proven;
  const who =
    proven !== undefined && "key" in proven
      ? { by: undefined, identity: proven, nonce: { unused: undefined } }
      : { by: proven, identity: undefined, nonce: { unused: proven?.nonce } };
  return callFunction({ hub, ...who, source, inBatch: false }, fn, pairs);
};

interface Asked {
  readonly hub: Hub;
  readonly authenticator: Authenticator;
  readonly fn: string;
  /** Called once. */
  readonly respond: (response: Response) => void;
  readonly onInternal: (error: unknown) => void;
}

/**
 * Has a call answered when whatever it did or read is durable; when that cannot be, or our own code failed, the outcome is
 * unknown and said to be so. Nearly every call is carried out before this returns: each step that waited would cost as much as
 * the whole call.
 */
const answer = (
  { hub, fn, respond, onInternal }: Asked,
  carry: () => CallOutcome | Promise<CallOutcome>,
): void => {
  const fail = (error: unknown): void => {
    onInternal(error);
    const code = (error as { code?: unknown } | null)?.code;
    // The second: a batch that finds the journal failed in the middle of it.
    const unknown = code === "outcome_unknown" || code === "journal_failed";
    const of = refusal(unknown ? "outcome_unknown" : "internal");
    hub.calls.count(fn, of.code);
    respond(refusedWith(of));
  };
  const finish = (outcome: CallOutcome): void =>
    hub.sequencer.whenDurable((error) => {
      if (error !== undefined) return fail(error);
      hub.calls.count(fn, "refused" in outcome ? outcome.refused.code : "ok");
      try {
        respond("refused" in outcome ? refusedWith(outcome.refused) : { status: 200, body: outcome.answer });
      } catch (unwritable) {
        fail(unwritable);
      }
    });
  try {
    const outcome = carry();
    if (outcome instanceof Promise) outcome.then(finish, fail);
    else finish(outcome);
  } catch (error) {
    fail(error);
  }
};

const carryEntered = (
  { hub, authenticator }: Asked,
  entered: Entered,
): CallOutcome | Promise<CallOutcome> => {
  const proven = authenticate(hub, authenticator, entered);
  return proven instanceof Promise
    ? proven.then((known) => carryOut(hub, entered, known))
    : carryOut(hub, entered, proven);
};

/** Answers a call whose signature was checked elsewhere. */
export const answerEntered = (asked: Asked, entered: Entered): void =>
  answer(asked, () => carryEntered(asked, entered));

/** Answers one call, from bytes. */
export const answerRequest = (asked: Asked, request: Request): void =>
  answer(asked, () => {
    const { token } = request;
    const entered: Entered | Refused = enter(
      request,
      token === undefined ? undefined : asked.authenticator.secretOf(token),
    );
    return "refused" in entered ? entered : carryEntered(asked, entered);
  });
