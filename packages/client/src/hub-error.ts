/**
 * Why a call gave no answer. `code` is the hub's (the table `errors` of @coinholder/protocol), or one of the client's own:
 * - `hub_unreachable`: no connection came about; nothing was sent.
 * - `certificate_refused`: the hub's certificate is not trusted; nothing was sent. (Browsers do not tell: `connection_lost`.)
 * - `connection_lost`, `timeout`, `aborted`: the call may have arrived.
 * - `refused` (4xx), `hub_failed` (5xx): a hub of another make said no in words of its own, which are the message. (Its 401 is
 *   `authentication_failed`, its 429 `rate_limited`.)
 * - `answer_malformed`: what came back is not what a hub answers.
 * - `overview_malformed`, `authentication_type_unsupported`: this client cannot talk to that hub.
 */
export class HubError extends Error {
  readonly code: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /**
   * Whether the call may have taken effect all the same: look, or call again with the same `client_id` (which stands
   * among the particulars). Never true of a function that only reads.
   */
  readonly unknown: boolean;
  /** What the hub tells beside code and message: `param`, `available`, `now`, ... */
  readonly particulars: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    about: {
      readonly status?: number;
      readonly unknown?: boolean;
      readonly particulars?: Readonly<Record<string, unknown>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, about.cause === undefined ? undefined : { cause: about.cause });
    this.name = "HubError";
    this.code = code;
    this.status = about.status ?? 0;
    this.unknown = about.unknown ?? false;
    this.particulars = about.particulars ?? {};
  }
}

/** The same failure, of a call whose outcome is unknown, or of one that had nothing to bring about. */
export const withOutcome = (
  error: HubError,
  unknown: boolean,
  more: Readonly<Record<string, unknown>> = {},
): HubError =>
  new HubError(error.code, error.message, {
    status: error.status,
    unknown,
    particulars: { ...error.particulars, ...more },
    cause: error.cause,
  });
