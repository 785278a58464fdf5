import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../config-file.ts";
import { allPeers } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "coinholder-test-"));
const config = join(folder, "config.json");
const read = (peers: unknown) => {
  writeFileSync(config, JSON.stringify({ peers }));
  return readConfig(config).peers;
};
const authkey = { type: "hmac-sha256", token: "ak-x", key: "AA==" };
writeFileSync(
  join(folder, "good.json"),
  JSON.stringify({ account: "ac-x", authkey: { ...authkey, label: "x" } }),
);
writeFileSync(join(folder, "bad.json"), JSON.stringify({ account: "ac-x", authkey: { ...authkey, key: 5 } }));
writeFileSync(join(folder, "broken.json"), "secret");

test("peers of the configuration file, with the key that they gave: its file is looked for beside that file", () => {
  expect(
    read([{ url: "https://x.example//", authkey_file: "good.json" }, { url: "http://10.0.0.7:8420/hub" }]),
  ).toEqual([
    { url: "https://x.example", authkey: { account: "ac-x", authkey } },
    { url: "http://10.0.0.7:8420/hub", authkey: undefined },
  ]);
  expect(readConfig(undefined).peers).toEqual([]);
});

test.each([
  [{}, /list/],
  [[null], /URL/],
  [[{ url: "ftp://x" }], /URL/],
  [[{ url: "https://me:secret@x.example" }], /URL/],
  [[{ url: "https://x.example/?a=b" }], /more than/],
  [[{ url: "https://x.example", key: "x" }], /no setting key/],
  [[{ url: "https://x.example" }, { url: "https://x.example/" }], /twice/],
  [[{ url: "https://x.example", authkey_file: "none.json" }], /ENOENT/],
  [[{ url: "https://x.example", authkey_file: "bad.json" }], /no authkey file/],
])("%j is refused before the hub starts", (peers, why) => {
  expect(() => read(peers)).toThrow(why);
});

test("a key's file that is no JSON is not shown", () => {
  expect(() => read([{ url: "https://x.example", authkey_file: "broken.json" }])).toThrow(/^(?!.*secret)/);
});

test("a peer that is named as well as configured keeps its key", () => {
  const configured = read([{ url: "https://x.example", authkey_file: "good.json" }]);
  expect(allPeers(configured, ["https://x.example/", "https://y.example", "https://y.example/"])).toEqual([
    ...configured,
    { url: "https://y.example", authkey: undefined },
  ]);
  expect(() => allPeers([], ["x"])).toThrow(/URL/);
});
