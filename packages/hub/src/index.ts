export { type HubConfig, readConfig } from "./config-file.ts";
export { paths } from "./data-folder.ts";
export { DEFAULT_OPTIONS, type HubOptions } from "./options.ts";
export { type OnFatal, type RunningHub, startHub } from "./start.ts";
export { journalKey, stateHash, type Verified, verifyData } from "./verify.ts";
export { VERSION } from "./version.ts";
export { type HubNetwork, restoreWallet, revealPhrase } from "./wallet-file.ts";
