import { assert } from "../assert.ts";
import type { State } from "../state.ts";

/** What must be true of options at all times. That their other side is held is checked with all that is. */
export const checkOptions = ({ chain, invoices, options, t }: State): void => {
  const { atAddress, atInvoice, ended, ofAccount, ofIdentity, open } = options;
  for (const [id, option] of open) {
    assert(option.id === id && option.state === "open" && option.endedAt === 0, `option ${id} is open`);
    const found = option.to
      ? atInvoice.get(option.address)?.has(option)
      : atAddress.get(option.address) === option;
    assert(found === true, `option ${id} is found by its address`);
    assert(
      !option.to || t >= option.expires || invoices.byAddress.get(option.address)?.fiat !== undefined,
      `option ${id} is for an invoice`,
    );
    assert(chain.addresses.get(option.address)?.account === option.buyer, `option ${id} pays its buyer`);
    assert(option.received >= 0, `option ${id}: what came is not below zero`);
  }
  let waiting = atAddress.size;
  for (const own of atInvoice.values()) waiting += own.size;
  assert(waiting === open.size, "only open options wait for payments");
  let before = 0;
  for (const [id, option] of ended) {
    assert(option.id === id && option.state !== "open" && !open.has(id), `option ${id} ended once`);
    assert(option.endedAt >= before && option.endedAt <= t, "options stand in the order of their ends");
    assert(
      option.state === "expired" ? option.endedAt >= option.expires : option.endedAt < option.expires,
      `option ${id} was exercised in time, or not at all`,
    );
    before = option.endedAt;
  }
  let own = 0;
  for (const [account, all] of ofAccount)
    for (const option of all) {
      const kept = option.state === "open" ? open : ended;
      assert(
        option.buyer === account && !option.to && kept.get(option.id) === option,
        "an account's options are its own",
      );
      own++;
    }
  for (const [identity, all] of ofIdentity)
    for (const option of all) {
      const kept = option.state === "open" ? open : ended;
      assert(
        option.to?.identity === identity && kept.get(option.id) === option,
        "an identity's options are its own",
      );
      own++;
    }
  assert(own === open.size + ended.size, "every option belongs to somebody");
  for (const option of [...open.values(), ...ended.values()])
    assert(
      option.buyer !== option.issuer &&
        option.giveCurrency !== option.wantCurrency &&
        option.expires > option.t,
      `option ${option.id} is between two, for a while`,
    );
};
