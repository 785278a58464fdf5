export type { Files, OpenFile } from "../sqlite/files.ts";
export { makeKeeper } from "../sqlite/keeper.ts";
export type { Durability, Request } from "../sqlite/messages.ts";
export { type Thread, valueIn } from "../sqlite/thread.ts";
export { checkpoint } from "./checkpoint.ts";
export { type PostgresServer, startPostgres } from "./postgres-server.ts";
export { callsIn, hasStrace, type SystemCall, underStrace } from "./strace.ts";
export { startWire, type Wire } from "./wire.ts";
