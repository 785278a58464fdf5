export { emptyNonces, hasNonce, nonceKey, rememberNonce } from "@coinholder/engine";
export { assemble, type Parts } from "./assemble.ts";
export { type Closers, makeClosers } from "./closers.ts";
export { type HubConfig, readConfig } from "./config-file.ts";
export { paths, privateFolder, writePrivateFile } from "./data-folder.ts";
export {
  HISTORY_VERSION,
  type History,
  HistoryError,
  makeKeeper,
  openHistory,
  type Thread,
} from "./history/index.ts";
export { type Response, refusedWith } from "./http/answer-form.ts";
export { makeCallRoute } from "./http/call-route.ts";
export { type Entered, enter, type Request } from "./http/door.ts";
export { ANSWER_HEADERS, CORS } from "./http/headers.ts";
export { makeListener, type Tls } from "./http/listener.ts";
export type { Claim } from "./http/signature.ts";
export { makeSource } from "./http/source.ts";
export { tokenBucket } from "./http/token-bucket.ts";
export type { Hub } from "./hub.ts";
export { newAccountId, newHmacKey, newToken } from "./ids.ts";
export { DEFAULT_OPTIONS, type HubOptions } from "./options.ts";
export { recovering } from "./recover.ts";
export { makeSequencer, type Sequencer } from "./sequencer.ts";
export { type OnFatal, type RunningHub, startHub } from "./start.ts";
export { historyPlace, openHubJournal } from "./store.ts";
export { journalKey, stateHash, type Verified, verifyData } from "./verify.ts";
export { VERSION } from "./version.ts";
export { type HubNetwork, restoreWallet, revealPhrase } from "./wallet-file.ts";
