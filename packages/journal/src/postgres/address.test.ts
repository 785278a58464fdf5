import { inspect } from "node:util";
import { expect, test } from "vitest";
import { parseAddress } from "./address.ts";

test("host, port, user, password and database are read, decoded", () => {
  expect(parseAddress("postgres://me:p%40ss@127.0.0.1:6432/hub%20one")).toMatchObject({
    host: "127.0.0.1",
    port: 6432,
    user: "me",
    password: "p@ss",
    database: "hub one",
    shown: "127.0.0.1:6432/hub one",
  });
  expect(parseAddress("postgresql://[::1]/hub")).toMatchObject({
    host: "::1",
    port: 5432,
    shown: "[::1]:5432/hub",
  });
  expect(parseAddress("postgres:///hub?host=/run/postgresql")).toMatchObject({
    socketFolder: "/run/postgresql",
    tls: false,
  });
});

test("without an sslmode a server elsewhere must prove who it is; only this machine's may speak in the clear", () => {
  for (const host of ["localhost", "127.0.0.1", "[::1]"])
    expect(parseAddress(`postgres://${host}/hub`).tls).toBe(false);
  for (const host of ["db.example.org", "10.0.0.7"])
    expect(parseAddress(`postgres://${host}/hub`).tls).toEqual({});
  expect(parseAddress("postgres://db/hub?sslmode=disable").tls).toBe(false);
  expect(parseAddress("postgres://db/hub?sslmode=require").tls).toEqual({ rejectUnauthorized: false });
});

test("what is wrong is told without the password", () => {
  const wrong = [
    "s3cret",
    "http://me:s3cret@db/hub",
    "postgres://me:s3cret@db:notaport/hub",
    "postgres://me:s3cret@db/hub?sslmode=prefer",
    "postgres://me:s3cret@db/hub?sslrootcert=/no/such/file&sslmode=verify-ca",
    "postgres://me:s3cret@db/hub?options=-c%20fsync=off",
    "postgres://me:s3cret@db/hub?host=elsewhere",
  ];
  for (const url of wrong) {
    let error: unknown;
    try {
      parseAddress(url);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "journal_unavailable" });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain("s3cret");
  }
});
