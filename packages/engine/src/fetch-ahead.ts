import type { By, Stamped } from "./command.ts";
import type { State } from "./state.ts";

/**
 * Goes to the places of memory that these commands will go to, and changes nothing. A replay among a million accounts would wait for each of
 * some fifteen places per payment, one after the other; here those of many commands are fetched beside one another. A hundred are
 * a good number: what they need stays in the processor's own cache until they are applied. The answer means nothing: it keeps what
 * only fetches from being left out by the compiler.
 */
export const fetchAhead = (state: State, commands: readonly Stamped[]): number => {
  let fetched = 0;
  const { accounts, authkeys, chain, ledger } = state;
  const tokens: string[] = [];
  const addresses: string[] = [];
  for (const command of commands) {
    const { by, address } = command as { readonly by?: By; readonly address?: string };
    if (by !== undefined) tokens.push(by.token);
    if (address !== undefined) addresses.push(address);
  }
  const indexes = authkeys.probableOwners(tokens);
  for (const account of chain.addresses.probableOwners(addresses)) if (account >= 0) indexes.push(account);
  const { first } = ledger;
  const concerned = indexes.map((index) => accounts.list[index]!);
  const slots = indexes.map((index) => (index < first.length ? first[index]! : 0));
  const ids = concerned.map(({ id }) => id);
  for (const id of ids) fetched ^= id.charCodeAt(0);
  for (const slot of slots) fetched ^= ledger.currency[slot]! ^ ledger.available[slot]! ^ ledger.held[slot]!;
  return fetched;
};
