import { assert } from "../assert.ts";
import type { NewAddress, Stamped } from "../command.ts";
import type { AccountIndex } from "../ledger/ledger.ts";
import type { State } from "../state.ts";

/** Gives an account the wallet's next receive address. */
export const issueAddress = (state: State, address: string, index: number, account: AccountIndex): void => {
  assert(index === state.chain.nextReceive, `receive address ${index} is the next one`);
  assert(!state.chain.addresses.has(address), "an address is given out once");
  state.chain.nextReceive++;
  state.chain.addresses.set(address, { account, index });
};

export const newAddress = (state: State, command: Stamped<NewAddress>, account: AccountIndex): object => {
  issueAddress(state, command.address, command.index, account);
  return { address: command.address };
};
