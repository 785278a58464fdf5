import { createHmac, createSecretKey } from "node:crypto";
import { JournalError } from "./error.ts";
import { GENESIS, type Group, groupHeader, hashGroup } from "./group.ts";
import type { SnapshotPosition } from "./store.ts";

/**
 * What a journal's hashes are made with. Without a key they are plain SHA-256: they find damage, but whoever can write
 * the store can make them anew. With a key they are HMAC-SHA256 (RFC 2104) under it: nobody without the key can make
 * a group or a snapshot that passes. Going back to an earlier end of the same journal needs no key: see high-water.ts.
 */
export type Seal = {
  readonly keyed: boolean;
  /** To be made again by, in another thread. */
  readonly key: Uint8Array | undefined;
  /** What the first group names as the hash before it: tells plain from sealed, and one key from another. */
  readonly genesis: string;
  hashGroup(group: Omit<Group, "hash">): string;
  /** Vouches for a snapshot whose text has this SHA-256; nothing without a key. */
  snapshot(position: SnapshotPosition, hash: string): string | undefined;
};

const plain: Seal = { keyed: false, key: undefined, genesis: GENESIS, hashGroup, snapshot: () => undefined };

const KEY_BYTES = 32;

/** Each thing that is sealed begins with a tag of its own, so that none can pass for another. */
const TAGS = {
  genesis: "coinholder/sealed-genesis/1\n",
  group: "coinholder/sealed-group/1\n",
  snapshot: "coinholder/sealed-snapshot/1\n",
};

/** @param key 32 bytes, or nothing for plain hashes */
export function makeSeal(key: Uint8Array | undefined): Seal {
  if (!key) return plain;
  if (key.length !== KEY_BYTES) throw new Error(`a journal's key has ${KEY_BYTES} bytes`);
  const secret = createSecretKey(key);
  const sealText = (text: string): string =>
    createHmac("sha256", secret).update(text, "latin1").digest("hex");
  return {
    keyed: true,
    key,
    genesis: sealText(TAGS.genesis),
    hashGroup: (group) =>
      createHmac("sha256", secret)
        .update(groupHeader(TAGS.group, group))
        .update(group.data, "utf8")
        .digest("hex"),
    snapshot: ({ seq, group, groupHash }, hash) =>
      sealText(`${TAGS.snapshot}${seq} ${group} ${groupHash} ${hash}\n`),
  };
}

/**
 * Whether the journal that begins with this group was begun with this seal; throws what to tell the operator if not.
 * A group that is merely damaged passes: the chain tells.
 */
export function checkSeal(first: Group, seal: Seal): void {
  if (first.number !== 1 || first.prev === seal.genesis) return;
  if (seal.hashGroup({ ...first, prev: seal.genesis }) === first.hash) return;
  if (!seal.keyed)
    throw new JournalError("journal_sealed", "the journal is sealed: it can be read only with its key");
  if (first.prev === GENESIS)
    throw new JournalError(
      "journal_not_sealed",
      "the journal is not sealed with a key: this program did not write it",
    );
  throw new JournalError(
    "journal_key_wrong",
    "the journal is sealed with another key: it belongs to another wallet, or its first group was changed",
  );
}
