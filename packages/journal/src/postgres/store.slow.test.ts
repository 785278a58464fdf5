import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openJournal } from "../journal.ts";
import { entriesTo, entryAt } from "../testing/entries.ts";
import { fill } from "../testing/place.ts";
import { postgresPlace } from "../testing/postgres-place.ts";
import { PASSWORD, type PostgresServer, startPostgres } from "../testing/postgres-server.ts";
import { openLink } from "./link.ts";
import { checkSettings, MIGRATIONS, migrate } from "./schema.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres({ tls: true });
});
afterAll(() => server.end());

const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "journal-head-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};

describe("a commit means that it is on the server's disk", () => {
  test("a database whose default is not to wait is told to wait", async () => {
    const { url } = await postgresPlace(server);
    const name = new URL(url).pathname.slice(1);
    await server.query(url, `ALTER DATABASE ${name} SET synchronous_commit = off`);
    const link = openLink(url, { patience: 1000 });
    const [row] = await link.run((session) => session.query("SHOW synchronous_commit"));
    expect(row).toEqual({ synchronous_commit: "on" });
    await link.run((session) => session.query("SET synchronous_commit = off"));
    await expect(link.run(checkSettings)).rejects.toThrow("synchronous_commit=off");
    await link.close();
  });

  test("a server that does not sync at all is refused, also when it became one meanwhile", async () => {
    const place = await postgresPlace(server);
    const { journal } = await place.journal();
    await fill(journal, 3, 1);
    const failure = new Promise<Error>((resolve) => journal.onFailure(resolve));
    const setFsync = async (value: string): Promise<void> => {
      await server.query(place.url, `ALTER SYSTEM SET fsync = ${value}`);
      await server.query(place.url, "SELECT pg_reload_conf()");
      const isSet = async () => (await server.query(place.url, "SHOW fsync"))[0]!.fsync === value;
      while (!(await isSet())) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await setFsync("off");
    onTestFinished(() => setFsync("on"));
    await server.hangUp(place.url);
    expect((await failure).message).toContain("fsync=off");
    await expect((await postgresPlace(server)).journal()).rejects.toMatchObject({
      code: "journal_unavailable",
      message: expect.stringContaining("fsync=off"),
    });
  });

  test("a database that does not keep text as it is is refused", async () => {
    const { url, store } = await postgresPlace(server);
    await server.query(url, "CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0");
    const ascii = url.replace(/\/\w+$/, "/ascii");
    await expect(store({ url: ascii }).open()).rejects.toThrow("ENCODING 'UTF8'");
  });
});

describe("a database that lost what was committed", () => {
  const loseLast = "DELETE FROM journal_group WHERE number = (SELECT max(number) FROM journal_group)";

  test("as when a stand-by that was behind takes over: nothing is written after the gap", async () => {
    const place = await postgresPlace(server);
    const { journal } = await place.journal();
    await fill(journal, 20, 5);
    await server.query(place.url, loseLast);
    await expect(journal.durable(journal.append(entryAt(21)))).rejects.toThrow(
      "group 4: was committed and is not",
    );
    expect(await server.query(place.url, "SELECT max(number)::int AS n FROM journal_group")).toEqual([
      { n: 3 },
    ]);
  });

  test("while no hub ran is noticed by the machine that wrote it last", async () => {
    const place = await postgresPlace(server);
    const folder = temporaryFolder();
    const { journal } = await place.journal({ folder });
    await fill(journal, 20, 5);
    await journal.close();
    const again = await place.journal({ folder });
    expect(again.entries).toEqual(entriesTo(20));
    await again.journal.close();
    await server.query(place.url, loseLast);
    await expect(place.journal({ folder })).rejects.toMatchObject({ code: "journal_damaged", group: 4 });
    expect((await place.journal({ folder: temporaryFolder() })).entries).toEqual(entriesTo(15));
  });

  test("a changed row is found by the chain", async () => {
    const place = await postgresPlace(server);
    const { journal } = await place.journal();
    await fill(journal, 20, 5);
    await server.query(
      place.url,
      "UPDATE journal_group SET data = replace(data, 'memo', 'Memo') WHERE number = 2",
    );
    await expect(journal.verify()).rejects.toMatchObject({ code: "journal_damaged", group: 2 });
  });
});

describe("versions of the tables", () => {
  test("a newer one is refused and left alone", async () => {
    const place = await postgresPlace(server);
    await (await place.journal()).journal.close();
    await server.query(place.url, "UPDATE journal_schema SET version = version + 1");
    await expect(place.store().open()).rejects.toMatchObject({ code: "journal_too_new" });
  });

  test("steps are taken once each, in order, by one of many; one that fails leaves no trace", async () => {
    const { url } = await postgresPlace(server);
    const steps = [
      ...MIGRATIONS,
      ["CREATE TABLE extra (id BIGINT PRIMARY KEY)"],
      ["INSERT INTO extra (id) VALUES (1)"],
    ];
    const step = (given: readonly (readonly string[])[]): Promise<void> => {
      const link = openLink(url, { patience: 1000 });
      return link.run((session) => migrate(session, given)).finally(() => link.close());
    };
    await expect(step([...MIGRATIONS, ["CREATE TABLE half (id BIGINT)", "no SQL"]])).rejects.toThrow(
      "syntax",
    );
    expect(
      await server.query(url, "SELECT to_regclass('half') AS half, version::int FROM journal_schema"),
    ).toEqual([{ half: null, version: 1 }]);
    await Promise.all(Array.from({ length: 5 }, () => step(steps)));
    const found = "SELECT extra.id::int, version::int FROM extra, journal_schema";
    expect(await server.query(url, found)).toEqual([{ id: 1, version: 3 }]);
  });
});

describe("TLS by sslmode", () => {
  const opened = async (parameters: string, host = "localhost"): Promise<string> => {
    const { url, store } = await postgresPlace(server);
    const address = `${url.replace("127.0.0.1", host)}?${parameters}`;
    return store({ url: address, timing: { beat: 100, lease: 500, takeover: 1000 } })
      .open()
      .then(
        () => "open",
        (error: Error) => error.message,
      );
  };

  test("require takes whoever answers, the verifying ones ask for a certificate of a known authority", async () => {
    expect(await opened("sslmode=require")).toBe("open");
    expect(await opened("sslmode=verify-ca")).toContain("self-signed certificate");
    expect(await opened("sslmode=verify-full")).toContain("self-signed certificate");
    const known = `sslrootcert=${server.certificate}`;
    expect(await opened(`sslmode=verify-ca&${known}`)).toBe("open");
    expect(await opened(`sslmode=verify-full&${known}`)).toBe("open");
  });

  test("verify-full also asks that it is that host's, require with an authority for the authority", async () => {
    const known = `sslrootcert=${server.certificate}`;
    expect(await opened(`sslmode=verify-full&${known}`, "127.0.0.1")).toContain("does not match");
    expect(await opened(`sslmode=verify-ca&${known}`, "127.0.0.1")).toBe("open");
    expect(await opened(`sslmode=require&${known}`, "127.0.0.1")).toBe("open");
  });

  test("is really used", async () => {
    const { url } = await postgresPlace(server);
    const link = openLink(`${url}?sslmode=require`, { patience: 1000 });
    const used = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    expect(await link.run((session) => session.query(used))).toEqual([{ ssl: true }]);
    await link.close();
  });
});

test("no error shows the password, the data, or more of the address than host and database", async () => {
  const { url, store } = await postgresPlace(server);
  const quick = { beat: 100, lease: 500, takeover: 600 };
  const wrong = [
    url.replace(PASSWORD, `${PASSWORD}-not`),
    url.replace(/test_\d+$/, "no_such"),
    url.replace(`:${server.port}`, ":1"),
    url.replace("127.0.0.1", "no-such-host.invalid").concat("?sslmode=disable"),
  ];
  for (const one of wrong) {
    const error = await store({ url: one, timing: quick })
      .open()
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    expect(error).toMatchObject({ code: "journal_unavailable" });
    expect(inspect(error, { showHidden: true, depth: 20 })).not.toContain(PASSWORD);
  }
  const { journal } = await (await postgresPlace(server)).journal({ timing: quick });
  await fill(journal, 3, 1);
  await server.kill();
  const told = await new Promise((resolve) => {
    journal.onFailure(resolve);
    journal.append("api-key-of-somebody");
  });
  await server.start();
  const all = inspect(told, { showHidden: true, depth: 20 });
  for (const secret of [PASSWORD, "api-key-of-somebody"]) expect(all).not.toContain(secret);
});

test("a second machine takes over from the database alone, snapshots included", async () => {
  const place = await postgresPlace(server);
  const { journal } = await place.journal({ folder: temporaryFolder() });
  await fill(journal, 40, 10);
  await journal.snapshot(35, entriesTo(35));
  await journal.close();
  const elsewhere = await openJournal(place.store({ folder: temporaryFolder() }));
  let loaded = 0;
  const recovered = await elsewhere.recover({
    async loadSnapshot(lines) {
      for await (const some of lines) loaded += some.split("\n").length;
    },
    apply: () => {},
  });
  expect(recovered).toMatchObject({ seq: 40, snapshotSeq: 35, replayed: 5 });
  expect(loaded).toBe(35);
});
