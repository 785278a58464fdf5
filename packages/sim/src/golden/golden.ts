import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  apply,
  type Command,
  dump,
  emptyState,
  formFault,
  isRefused,
  load,
  type Stamped,
  type State,
} from "@coinholder/engine";
import { openJournal, sqliteStore } from "@coinholder/journal";
import { hashOf } from "../auditor.ts";

/**
 * Journals as a version of this program wrote them, one folder each: they must give the same outcomes and the same state for
 * ever. What is in them is never changed; `expected.json` says what comes of them (see write.ts).
 */
export const GOLDEN = fileURLToPath(new URL("../../golden/", import.meta.url));

export const goldenNames = (): string[] => readdirSync(GOLDEN).sort();

/** Not a secret: of journals that everybody may read. */
export const GOLDEN_KEY = createHash("sha256").update("the key of the golden journals").digest();

export interface Result {
  /** What the form of a dump is called in its first line: the state's hash is of that form. */
  readonly form: number;
  readonly stateHash: string;
  /** The first eight digits of the SHA-256 of each entry's answer and effects, in order. */
  readonly outcomes: string;
}

export interface Expected {
  readonly seed: number;
  /** How many entries of each kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Hash of the last group: the chain is sealed with `GOLDEN_KEY`. */
  readonly head: string;
  readonly snapshotSeq: number;
  /** The last one counts; each one after the first says why what comes of these entries is not the same any more. */
  readonly results: readonly (Result & { readonly why: string })[];
}

export interface Replayed extends Result {
  readonly kinds: Record<string, number>;
  readonly head: string;
  /** Position of the snapshot that a start would have used; 0: none. */
  readonly snapshotSeq: number;
  /** Hash of the state that this snapshot and the entries after it give. */
  readonly quickHash: string;
}

const short = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 8);

/** Applies an entry that was accepted once. Answers what came of it, shortened. */
export const outcomeOf = (state: State, entry: string): string => {
  const outcome = apply(state, JSON.parse(entry) as Stamped);
  if (isRefused(outcome) || !("effects" in outcome))
    throw new Error(`not accepted any more: ${entry}: ${JSON.stringify(outcome)}`);
  return short([outcome.answer, outcome.effects]);
};

/** Replays a golden journal, from its first entry and from its snapshot. Works on a copy. */
export const replayGolden = async (folder: string): Promise<Replayed> => {
  const copy = mkdtempSync(join(tmpdir(), "golden-"));
  cpSync(folder, copy, { recursive: true });
  const store = sqliteStore(copy);
  const journal = await openJournal(store, { key: GOLDEN_KEY });
  try {
    const state = emptyState();
    const outcomes: string[] = [];
    const kinds: Record<string, number> = {};
    await journal.verify((entry, seq) => {
      try {
        outcomes.push(outcomeOf(state, entry));
      } catch (cause) {
        throw new Error(`entry ${seq} of ${folder}: ${cause instanceof Error ? cause.message : cause}`, {
          cause,
        });
      }
      const { kind } = JSON.parse(entry) as Command;
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    });
    let head = "";
    for await (const { hash } of store.read(outcomes.length - 1)) head = hash;
    let quick = emptyState();
    const { snapshotSeq } = await journal.recover({
      formFault,
      loadSnapshot: async (lines) => {
        quick = await load(lines);
      },
      apply: (entry) => void outcomeOf(quick, entry),
    });
    const [, form] = JSON.parse(dump(state).next().value!) as [string, number];
    return {
      form,
      stateHash: hashOf(state),
      outcomes: outcomes.join(" "),
      kinds,
      head,
      snapshotSeq,
      quickHash: hashOf(quick),
    };
  } finally {
    await journal.close();
    rmSync(copy, { recursive: true });
  }
};
