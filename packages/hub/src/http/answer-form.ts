import { type Refusal, statusOf } from "@coinholder/protocol";

/** What a call is answered with: HTTP's status, and a body that is written as JSON. */
export interface Response {
  readonly status: number;
  readonly body: unknown;
}

export const refusedWith = (of: Refusal): Response => ({ status: statusOf(of.code), body: { error: of } });
