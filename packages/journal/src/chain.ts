import { damaged, JournalError } from "./error.ts";
import { type Group, type Head, headAt, type Seq } from "./group.ts";
import type { Seal } from "./seal.ts";
import type { ReadGroup, ReadStore } from "./store.ts";

/** A position whose group hash is known from elsewhere (a snapshot). */
export type Anchor = { seq: Seq; group: number; groupHash: string };

/**
 * Reads the groups up to `head` and verifies each: numbers and seqs without gap, content matching its hash, each
 * hash built on the one before, the last one being the head. With an anchor it starts at the anchor's group,
 * which must have the anchor's hash; without, at the first group.
 *
 * Throws `journal_damaged` at the first group that does not fit; every group yielded before it is good.
 */
export async function* readChain(
  store: ReadStore,
  seal: Seal,
  head: Head,
  anchor?: Anchor,
): AsyncGenerator<Group> {
  let expected: Head | undefined = anchor ? undefined : { number: 0, seq: 0, hash: seal.genesis };
  if (head.number > 0) {
    for await (const group of readGroups(store, seal, anchor ? anchor.seq - 1 : 0, expected, anchor)) {
      verifyGroup(group, seal);
      if (expected) verifyFollows(group, expected);
      else verifyAnchor(group, anchor!);
      expected = headAt(group);
      yield group;
      if (group.number >= head.number) break;
    }
  }
  const end = expected?.number ?? anchor!.group - 1;
  if (end !== head.number) throw damaged(end + 1, "is missing");
  if (expected && (expected.seq !== head.seq || expected.hash !== head.hash)) {
    throw damaged(head.number, "differs from what the journal ends with");
  }
}

/** Reads from the store; what cannot be read is damage too. */
async function* readGroups(
  store: ReadStore,
  seal: Seal,
  afterSeq: Seq,
  start: Head | undefined,
  anchor: Anchor | undefined,
): AsyncGenerator<ReadGroup> {
  let next = start ? start.number + 1 : anchor!.group;
  try {
    for await (const group of store.read(afterSeq, seal)) {
      yield group;
      next = group.number + 1;
    }
  } catch (error) {
    if (error instanceof JournalError && error.group !== undefined) throw error;
    // A server that is away says nothing about what it keeps.
    if (error instanceof JournalError && error.code === "journal_unavailable") throw error;
    throw damaged(next, "cannot be read", error);
  }
}

function verifyGroup(group: ReadGroup, seal: Seal): void {
  if (!(Number.isSafeInteger(group.number) && group.number > 0))
    throw damaged(group.number, "has no valid number");
  if (!(Number.isSafeInteger(group.firstSeq) && group.firstSeq > 0))
    throw damaged(group.number, "has no valid seq");
  if (group.count !== countLines(group.data)) throw damaged(group.number, "has a wrong count of entries");
  if ((group.contentHash ?? seal.hashGroup(group)) !== group.hash)
    throw damaged(group.number, "does not match its hash");
}

function verifyFollows(group: Group, before: Head): void {
  if (group.number !== before.number + 1) throw damaged(before.number + 1, "is missing");
  if (group.prev !== before.hash) throw damaged(group.number, "does not follow the group before it");
  if (group.firstSeq !== before.seq + 1) throw damaged(group.number, "begins at a wrong seq");
}

function verifyAnchor(group: Group, anchor: Anchor): void {
  if (group.number !== anchor.group) throw damaged(anchor.group, "is missing, but a snapshot was made at it");
  const holds = group.firstSeq <= anchor.seq && anchor.seq <= headAt(group).seq;
  if (!holds || group.hash !== anchor.groupHash)
    throw damaged(group.number, "differs from what a snapshot knows of it");
}

function countLines(data: string): number {
  let lines = 1;
  for (let at = data.indexOf("\n"); at >= 0; at = data.indexOf("\n", at + 1)) lines++;
  return lines;
}
