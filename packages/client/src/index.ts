export type { CallOptions } from "./call.ts";
export { type CallArguments, type ConnectOptions, connect, type Hub } from "./connect.ts";
export {
  authenticationType,
  type Credentials,
  credentialsOf,
  type KeyCredentials,
  type PasswordCredentials,
} from "./credentials.ts";
export { HubError } from "./hub-error.ts";
export type { StreamEvent, SubscribeOptions } from "./stream.ts";
export {
  allTrades,
  allTransfers,
  type Period,
  type Progress,
  wholeStatement,
} from "./whole.ts";
