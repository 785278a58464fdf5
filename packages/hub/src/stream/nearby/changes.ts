import {
  type Invoice,
  isAmbiguous,
  isListed,
  pop,
  push,
  type Ranked,
  sameCodeNear,
} from "@coinholder/engine";
import type { NearbyEnd, TimeMs } from "@coinholder/protocol";
import type { Sequencer } from "../../sequencer.ts";

/** An invoice that has a place. */
export type PlacedInvoice = Invoice & { readonly lat: number; readonly lng: number };

/** Something that changes what is found at the invoice's place. */
export type Change = { readonly invoice: PlacedInvoice; readonly t: number } & (
  | { readonly is: "appeared" | "changed"; readonly ambiguous: boolean }
  | { readonly is: "disappeared"; readonly why: NearbyEnd }
);

/** What was found out, to be told when it is durable. */
export interface Changes {
  /** Not told yet, oldest first. */
  readonly untold: () => Iterable<Change>;
  readonly stop: () => void;
}

/**
 * How many with the same code close by are looked at for whether they stand differently now. Only those can that had no other
 * within 400 m: of these at most six have room around one place.
 */
const MOST_NEIGHBOURS = 50;
/** What a timer takes at most, in ms. */
const LONGEST_MS = 2 ** 31 - 1;

const hasPlace = (invoice: Invoice): invoice is PlacedInvoice =>
  invoice.lat !== undefined && invoice.lng !== undefined;

interface Ending extends Ranked {
  readonly invoice: PlacedInvoice;
}

/**
 * Follows which invoices search finds, by what commands do and by time alone.
 * @param lastSeq position of the last command that was carried out
 * @param tell called with each change once it is durable, in order
 */
export const followChanges = (
  sequencer: Sequencer,
  lastSeq: () => number,
  tell: (change: Change) => void,
): Changes => {
  const { state } = sequencer;
  /** Numbers of those that are found, told or not. */
  const listed = new Set<number>();
  /** By when they expire; also of some that ended before. */
  const endings: Ending[] = [];
  let found: { readonly seq: number; readonly change: Change }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let wakesAt = Number.POSITIVE_INFINITY;

  const list = (invoice: PlacedInvoice): void => {
    listed.add(invoice.number);
    push(endings, { rank: invoice.expires, number: invoice.number, invoice });
  };

  const find = (seq: number, change: Change): void => {
    found.push({ seq, change });
  };

  /** Those whose only other one with the same code nearby this is, or was. */
  const neighbours = (seq: number, t: TimeMs, invoice: PlacedInvoice, ambiguous: boolean): void => {
    let looked = 0;
    for (const other of sameCodeNear(state, invoice, t)) {
      if (++looked > MOST_NEIGHBOURS) return;
      if (!isAmbiguous(state, other, t, invoice))
        find(seq, { is: "changed", invoice: other as PlacedInvoice, t, ambiguous });
    }
  };

  const look = (seq: number, t: TimeMs, invoice: PlacedInvoice): void => {
    const is = isListed(invoice, t);
    if (is === listed.has(invoice.number)) return;
    if (is) {
      list(invoice);
      find(seq, { is: "appeared", invoice, t, ambiguous: isAmbiguous(state, invoice, t) });
    } else {
      listed.delete(invoice.number);
      const why = invoice.withdrawn ? "withdrawn" : t >= invoice.expires ? "expired" : "paid";
      find(seq, { is: "disappeared", invoice, t, why });
    }
    neighbours(seq, t, invoice, is);
  };

  const flush = (seq: number): void => {
    let done = 0;
    while (done < found.length && found[done]!.seq <= seq) tell(found[done++]!.change);
    if (done > 0) found = found.slice(done);
  };

  const expire = (): void => {
    wakesAt = Number.POSITIVE_INFINITY;
    const t = sequencer.now();
    const seq = lastSeq();
    while (endings.length > 0 && endings[0]!.rank <= t) look(seq, t, pop(endings)!.invoice);
    // What comes by time alone waits only for what was before it.
    sequencer.whenDurable((error) => {
      if (error === undefined) flush(seq);
    });
    wake();
  };
  const wake = (): void => {
    const next = endings[0]?.rank;
    if (next === undefined || next >= wakesAt) return;
    clearTimeout(timer);
    wakesAt = next;
    timer = setTimeout(expire, Math.min(LONGEST_MS, Math.max(1, next - sequencer.now()))).unref();
  };

  for (const invoice of state.invoices.byAddress.values())
    if (hasPlace(invoice) && isListed(invoice, sequencer.now())) list(invoice);
  wake();

  sequencer.onApplied((seq, command, effects) => {
    const touched = (address: string): void => {
      const invoice = state.invoices.byAddress.get(address);
      if (invoice && hasPlace(invoice)) look(seq, command.t, invoice);
    };
    if (command.kind === "post-invoice") touched(command.address);
    for (const effect of effects) if (effect.is === "invoice") touched(effect.address);
    wake();
  });
  sequencer.onEffects(flush);

  return {
    untold: function* () {
      for (const { change } of found) yield change;
    },
    stop: () => clearTimeout(timer),
  };
};
