import { inspect } from "node:util";
import { expect, test } from "vitest";
import { nodeOptions } from "./options.ts";

test("credentials are taken out of the URL, percent-decoded", () => {
  expect(nodeOptions("http://alice:open%20%2Fsesame%40@127.0.0.1:8332")).toEqual({
    url: "http://127.0.0.1:8332/",
    user: "alice",
    password: "open /sesame@",
  });
  expect(nodeOptions("https://u:p@[::1]:8334/")).toEqual({
    url: "https://[::1]:8334/",
    user: "u",
    password: "p",
  });
});

test("or a cookie file stands beside it", () => {
  expect(nodeOptions("http://localhost:18443", "/home/b/.bitcoin/regtest/.cookie")).toEqual({
    url: "http://localhost:18443/",
    cookieFile: "/home/b/.bitcoin/regtest/.cookie",
  });
});

test.each([
  ["no URL", "localhost"],
  ["no URL, with a password", "http://alice:hunter2/x@node:8332"],
  ["another protocol", "ftp://alice:hunter2@node:8332"],
  ["no port", "http://alice:hunter2@node"],
  ["no user", "http://:hunter2@node:8332"],
  ["no password", "http://alice@node:8332"],
  ["no credentials", "http://node:8332"],
  ["a colon in the user's name", "http://al%3Aice:hunter2@node:8332"],
  ["a wrong percent-encoding", "http://alice:hunter2%zz@node:8332"],
])("%s is refused without showing the password", (_, url) => {
  let refusal: unknown;
  try {
    nodeOptions(url);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject({ code: "node_url_invalid" });
  expect(inspect(refusal, { depth: 9, showHidden: true })).not.toContain("hunter2");
});

test("credentials and a cookie file at once are refused: which one would it be?", () => {
  expect(() => nodeOptions("http://a:hunter2@node:8332", ".cookie")).toThrow(
    expect.objectContaining({ code: "node_url_invalid" }),
  );
});
