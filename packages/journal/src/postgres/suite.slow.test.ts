import { afterAll, beforeAll } from "vitest";
import { storeCases } from "../suite.ts";
import { postgresPlace } from "../testing/postgres-place.ts";
import { type PostgresServer, startPostgres } from "../testing/postgres-server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.end());

storeCases("PostgreSQL", () => postgresPlace(server));
