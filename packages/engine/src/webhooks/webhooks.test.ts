import { expect, test } from "vitest";

import { load } from "../load.ts";
import { at, type Owner, stateText, testHub, testKey } from "../testing.ts";
import type { AddWebhook } from "./commands.ts";
import { MOST_WEBHOOKS, mayPost, webhooksOf } from "./webhooks.ts";

let made = 0;
const add = (by: Owner, events: AddWebhook["events"], more: { token?: string } = {}): AddWebhook => ({
  kind: "add-webhook",
  by: { ...by.calls("add-webhook"), ...more },
  id: `wh-${++made}`,
  url: "https://example.com/",
  events,
  secret: "whsec_AAAA",
});

const setUp = () => {
  const hub = testHub();
  const owner = hub.account();
  const key = (token: string, permissions: string[], expires?: number): void =>
    void hub.done({
      kind: "create-authkey",
      by: owner.calls("create-authkey"),
      key: testKey(token),
      pairs: permissions.map((permission) => [owner.id, permission] as const),
      ...(expires === undefined ? {} : { expires: at(expires) }),
    });
  const known = (id: string) => hub.state.webhooks.byId.get(id)!;
  return { hub, owner, key, known };
};

test("a webhook carries only what the key that makes it may read", () => {
  const { hub, owner, key } = setUp();
  key("till", ["add-webhook", "my-trades"]);
  expect(hub.refused(add(owner, ["fills", "balances"], { token: "till" }))).toBe("permission_denied");
  hub.done(add(owner, ["fills"], { token: "till" }));
});

test("what its key may not read any more, or after it has expired, may not be posted", () => {
  const { hub, owner, key, known } = setUp();
  key("till", ["add-webhook", "my-trades", "my-balance"], hub.t + 1000);
  const command = add(owner, ["fills", "balances"], { token: "till" });
  hub.done(command);
  const may = (event: "fills" | "balances" | "invoices", t = hub.t) =>
    mayPost(hub.state, known(command.id), event, at(t));
  expect([may("fills"), may("balances"), may("invoices")]).toEqual([true, true, false]);
  expect(may("fills", hub.t + 1000)).toBe(false);
  hub.done({
    kind: "change-permissions",
    by: owner.calls("change-authkey-permissions"),
    token: "till",
    add: [],
    remove: [[owner.id, "my-trades"]],
  });
  expect([may("fills"), may("balances")]).toEqual([false, true]);
});

test("with its key a webhook ends, and none of another key", () => {
  const { hub, owner, key } = setUp();
  key("till", ["add-webhook", "my-trades"]);
  const own = add(owner, ["fills"]);
  hub.done(own);
  hub.done(add(owner, ["fills"], { token: "till" }));
  hub.done({ kind: "revoke-authkey", by: owner.calls("revoke-authkey"), token: "till" });
  const left = webhooksOf(hub.state, hub.state.accounts.byId.get(owner.id)!);
  expect(left.map(({ id }) => id)).toEqual([own.id]);
});

test("an account has so many, removes its own alone, and one that is gone stays to be seen", () => {
  const { hub, owner, known } = setUp();
  const stranger = hub.account();
  const all = Array.from({ length: MOST_WEBHOOKS }, () => add(owner, ["fills"]));
  for (const one of all) hub.done(one);
  expect(hub.refused(add(owner, ["fills"]))).toBe("webhook_limit_reached");
  hub.done(add(stranger, ["fills"]));
  const { id } = all[0]!;
  const remove = (by: Owner) =>
    ({ kind: "remove-webhook", by: by.calls("remove-webhook"), webhook: id }) as const;
  expect(hub.refused(remove(stranger))).toBe("webhook_unknown");
  hub.done({ kind: "end-webhook", webhook: id });
  expect(hub.refused({ kind: "end-webhook", webhook: id })).toBe("webhook_unknown");
  expect(mayPost(hub.state, known(id), "fills", at(hub.t))).toBe(false);
  hub.done(remove(owner));
  expect(hub.refused(remove(owner))).toBe("webhook_unknown");
  expect(hub.refused({ kind: "end-webhook", webhook: id })).toBe("webhook_unknown");
});

test("webhooks come back from a dump, and a hub that never had one dumps as before there were any", async () => {
  const { hub, owner } = setUp();
  expect(stateText(hub.state)).not.toContain("webhook");
  const [first, second] = [add(owner, ["fills"]), add(owner, ["balances", "transfers"])];
  for (const one of [first, second]) hub.done(one);
  hub.done({ kind: "end-webhook", webhook: second.id });
  hub.done({ kind: "remove-webhook", by: owner.calls("remove-webhook"), webhook: first.id });
  const text = stateText(hub.state);
  const state = await load(text.split("\n"));
  expect(stateText(state)).toBe(text);
  expect(state.webhooks).toEqual(hub.state.webhooks);
});
