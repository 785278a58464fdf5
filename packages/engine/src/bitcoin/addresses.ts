import { COLD, HUB } from "../accounts/accounts.ts";
import { assert } from "../assert.ts";
import type { NewAddress, Stamped } from "../command.ts";
import type { AccountIndex } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import type { ChainAddress, ColdAddress } from "./commands.ts";

/** Gives an account the wallet's next receive address. */
export const issueAddress = (state: State, address: string, index: number, account: AccountIndex): void => {
  assert(index === state.chain.nextReceive, `receive address ${index} is the next one`);
  assert(!state.chain.addresses.has(address), "an address is given out once");
  state.chain.nextReceive++;
  state.chain.addresses.add({ address, account, index, branch: "receive" });
};

export const newAddress = (state: State, command: Stamped<NewAddress>, account: AccountIndex): object => {
  issueAddress(state, command.address, command.index, account);
  return { address: command.address };
};

/** What comes there comes back from the cold wallet. */
export const coldAddress = (state: State, command: ColdAddress): object => {
  issueAddress(state, command.address, command.index, COLD);
  return { address: command.address };
};

/** An address was paid that this journal never gave out: what comes there is the hub's, until its owner is known. */
export const chainAddress = ({ chain }: State, { branch, index, address }: ChainAddress): object => {
  assert(!chain.addresses.has(address), `${address} was not known`);
  assert(Number.isSafeInteger(index) && index >= 0, "addresses are counted from 0");
  chain.addresses.add({ address, account: HUB, index, branch });
  if (branch === "receive") chain.nextReceive = Math.max(chain.nextReceive, index + 1);
  else chain.nextChange = Math.max(chain.nextChange, index + 1);
  return {};
};
