export { type PostgresServer, startPostgres } from "./postgres-server.ts";
export { callsIn, hasStrace, type SystemCall, underStrace } from "./strace.ts";
export { startWire, type Wire } from "./wire.ts";
