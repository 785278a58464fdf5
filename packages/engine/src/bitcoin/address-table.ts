import { emptyPackedTable, type PackedTable } from "../packed-table.ts";
import type { Address } from "./chain.ts";

/** Addresses by their text, those of the usual length in packed rows. */
export type AddressTable = PackedTable<Address>;

const CHANGE_BRANCH = 1;

export const emptyAddressTable = (): AddressTable =>
  emptyPackedTable<Address>({
    textOf: ({ address }) => address,
    ownerOf: ({ account }) => account,
    bytes: 5, // the index, and which branch it is of
    write: ({ branch, index }, bytes, at) => {
      bytes.writeInt32LE(index, at);
      bytes[at + 4] = branch === "change" ? CHANGE_BRANCH : 0;
      return true;
    },
    read: (address, account, bytes, at) => ({
      address,
      account,
      index: bytes.readInt32LE(at),
      branch: bytes[at + 4] === CHANGE_BRANCH ? "change" : "receive",
    }),
  });
