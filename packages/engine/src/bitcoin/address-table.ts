import { assert } from "../assert.ts";
import { assertLength, type Texts } from "../columns.ts";
import type { AccountIndex } from "../ledger/ledger.ts";
import { emptyPackedTable, type PackedTable } from "../packed-table.ts";
import type { Address, Branch } from "./chain.ts";

/** Addresses by their text, those of the usual length in packed rows. */
export type AddressTable = PackedTable<Address>;

const CHANGE_BRANCH = 1;

const write = (branch: Branch, index: number, row: DataView, at: number): void => {
  assert((index | 0) === index, "addresses are counted in 32 bits");
  row.setInt32(at, index, true);
  row.setUint8(at + 4, branch === "change" ? CHANGE_BRANCH : 0);
};

export const emptyAddressTable = (): AddressTable =>
  emptyPackedTable<Address>({
    textOf: ({ address }) => address,
    ownerOf: ({ account }) => account,
    bytes: 5, // the index, and which branch it is of
    write: ({ branch, index }, row, at) => {
      write(branch, index, row, at);
      return true;
    },
    read: (address, account, row, at) => ({
      address,
      account,
      index: row.getInt32(at, true),
      branch: row.getUint8(at + 4) === CHANGE_BRANCH ? "change" : "receive",
    }),
  });

/** Adds many of one branch that are not there yet, as a dump has them. */
export const loadAddresses = (
  table: AddressTable,
  branch: Branch,
  texts: Texts,
  accounts: readonly AccountIndex[],
  indexes: readonly number[],
): void => {
  assertLength(accounts.length, indexes);
  table.addAll(texts, {
    owners: accounts,
    write: (i, row, at) => write(branch, indexes[i]!, row, at),
    thing: (i, address) => ({ address, account: accounts[i]!, index: indexes[i]!, branch }),
  });
};

/** Indexes below `next` of each branch that no address of the table has, of any type: those that a payment to a higher one passed over. */
export const passedOver = (
  addresses: AddressTable,
  next: Readonly<Record<Branch, number>>,
): Record<Branch, number[]> => {
  const given = { receive: new Uint8Array(next.receive), change: new Uint8Array(next.change) };
  for (const kept of addresses.allKept())
    if ("bytes" in kept) {
      const { bytes, at } = kept;
      given[bytes[at + 4] === CHANGE_BRANCH ? "change" : "receive"][bytes.readInt32LE(at)] = 1;
    } else given[kept.branch][kept.index] = 1;
  const missing = (is: Uint8Array): number[] => {
    const found: number[] = [];
    for (let index = is.indexOf(0); index >= 0; index = is.indexOf(0, index + 1)) found.push(index);
    return found;
  };
  return { receive: missing(given.receive), change: missing(given.change) };
};
