export type { CallOptions } from "./call.ts";
export { type CallArguments, type ConnectOptions, connect, type Hub } from "./connect.ts";
export {
  authenticationType,
  type Credentials,
  credentialsOf,
  type ExchangeKeys,
  type KeyCredentials,
  type PasswordCredentials,
  type TextKeyCredentials,
} from "./credentials.ts";
export { HubError } from "./hub-error.ts";
export { importKey, type KeyReading, type SigningKey } from "./signing-key.ts";
export type { StreamEvent, SubscribeOptions } from "./stream.ts";
export {
  allTrades,
  allTransfers,
  type Period,
  type Progress,
  wholeStatement,
} from "./whole.ts";
export {
  refusedError,
  type WrappedCall,
  type WrappedExchange,
  type WrappedFunctions,
  wrappedHub,
} from "./wrapped.ts";
