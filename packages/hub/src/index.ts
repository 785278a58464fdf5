export { assemble, type Parts } from "./assemble.ts";
export { type Closers, makeClosers } from "./closers.ts";
export { type HubConfig, readConfig } from "./config-file.ts";
export { paths } from "./data-folder.ts";
export {
  HISTORY_VERSION,
  type History,
  HistoryError,
  makeKeeper,
  openHistory,
  type Thread,
} from "./history/index.ts";
export type { Hub } from "./hub.ts";
export { DEFAULT_OPTIONS, type HubOptions } from "./options.ts";
export { recovering } from "./recover.ts";
export { makeSequencer, type Sequencer } from "./sequencer.ts";
export { type OnFatal, type RunningHub, startHub } from "./start.ts";
export { historyPlace, openHubJournal } from "./store.ts";
export { journalKey, stateHash, type Verified, verifyData } from "./verify.ts";
export { VERSION } from "./version.ts";
export { type HubNetwork, restoreWallet, revealPhrase } from "./wallet-file.ts";
