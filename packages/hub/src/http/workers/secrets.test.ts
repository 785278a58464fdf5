import { expect, test } from "vitest";
import { makeSecrets } from "./secrets.ts";

test("a key is asked for once by many calls; that there is none is not remembered, since it may be made", () => {
  const asked: string[] = [];
  const secrets = makeSecrets((token) => asked.push(token));
  const found: (string | undefined)[] = [];
  const find = () => secrets.find("ak-1", (secret) => found.push(secret?.toString("base64")));
  find();
  find();
  expect(asked).toEqual(["ak-1"]);
  secrets.told("ak-1", null);
  expect(found).toEqual([undefined, undefined]);
  find();
  expect(asked).toEqual(["ak-1", "ak-1"]);
  secrets.told("ak-1", "AAAA");
  find();
  expect(asked).toHaveLength(2);
  expect(found).toEqual([undefined, undefined, "AAAA", "AAAA"]);
});
