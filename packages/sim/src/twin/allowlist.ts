import type { ChangeAllowlist, Stamped } from "@coinholder/engine";
import type { Twin, TwinCaller, Verdict } from "./twin.ts";

export const twinListIsOn = (twin: Twin, account: number, t: number): boolean => {
  const list = twin.allowlists.get(account);
  return !!list?.on && !(list.offAt !== undefined && list.offAt <= t);
};

export const twinAllows = (twin: Twin, account: number, address: string, t: number): boolean =>
  !twinListIsOn(twin, account, t) ||
  twin.allowlists.get(account)!.entries.some((one) => one.address === address && one.from <= t);

export const twinChangeAllowlist = (
  twin: Twin,
  { add, remove, on, t }: Stamped<ChangeAllowlist>,
  { account }: TwinCaller,
): Verdict => {
  const before = twin.allowlists.get(account) ?? { on: false, offAt: undefined, entries: [] };
  const wasOn = twinListIsOn(twin, account, t);
  const from = wasOn ? t + twin.config.allowlistDelayMs : t;
  let { entries } = before;
  for (const address of remove) {
    if (!entries.some((one) => one.address === address)) return "address_unknown";
    entries = entries.filter((one) => one.address !== address);
  }
  for (const address of add)
    if (!entries.some((one) => one.address === address)) entries = [...entries, { address, from }];
  if (entries.length > 100) return "allowlist_full";
  const next = { on: wasOn, offAt: wasOn ? before.offAt : undefined, entries };
  if (on) {
    next.on = true;
    next.offAt = undefined;
  }
  if (on === false && wasOn && next.offAt === undefined) next.offAt = from;
  twin.allowlists.set(account, next);
  return "done";
};
