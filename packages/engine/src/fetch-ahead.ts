import { latestAt } from "./accounts/call-nonces.ts";
import type { By, Stamped } from "./command.ts";
import type { State } from "./state.ts";

/**
 * Goes to the places of memory that these commands will go to, and changes nothing. A replay among a million accounts would wait for each of
 * some fifteen places per payment, one after the other; here those of many commands are fetched beside one another. A hundred are
 * a good number: what they need stays in the processor's own cache until they are applied. The answer means nothing: it keeps what
 * only fetches from being left out by the compiler.
 */
export const fetchAhead = (state: State, commands: readonly Stamped[]): number => {
  const tokens: string[] = [];
  const addresses: string[] = [];
  for (const command of commands) {
    const { by, address } = command as { readonly by?: By; readonly address?: string };
    if (by !== undefined) tokens.push(by.token);
    if (address !== undefined) addresses.push(address);
  }
  const callers = state.authkeys.lookAhead(tokens);
  const payees = state.chain.addresses.lookAhead(addresses);
  return (
    fetchRows(state, payees) ^
    fetchRows(state, callers) ^
    fetchCallers(state, callers) ^
    fetchBalances(state, callers) ^
    fetchBalances(state, payees)
  );
};

// Many short loops: the fewer steps a turn has, the more turns the processor has under way while it waits for memory.

const fetchCallers = ({ accounts: { list }, nonces: { latest } }: State, callers: Int32Array): number => {
  let fetched = 0;
  for (const account of callers) if (account >= 0) fetched ^= list[account]!.id.length;
  for (const account of callers)
    if (account >= 0 && latestAt(account) < latest.length) fetched ^= latest[latestAt(account)]!;
  return fetched;
};

const fetchRows = ({ accounts: { list } }: State, payees: Int32Array): number => {
  let fetched = 0;
  for (const account of payees) if (account >= 0) fetched ^= list[account]!.lastTransfer;
  return fetched;
};

const fetchBalances = ({ ledger: { available, currency, first } }: State, accounts: Int32Array): number => {
  let fetched = 0;
  for (const account of accounts) {
    const slot = account >= 0 && account < first.length ? first[account]! : 0;
    fetched ^= currency[slot]! ^ available[slot]!;
  }
  return fetched;
};
