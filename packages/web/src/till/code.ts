import { type Row, stateAt } from "./day.ts";

/**
 * Codes that a new invoice must not have: those of live ones, and of all that were posted less than `lateMs` ago: whether a new one came
 * to the hub is found out by its code and amount, and an older sale, paid by now, must not be taken for it.
 */
export const takenCodes = (rows: readonly Row[], now: number, lateMs: number): Set<string> => {
  const counts = (row: Row): boolean =>
    ["open", "seen"].includes(stateAt(row, now)) || (row.invoice.info.t ?? 0) > now - lateMs;
  return new Set(rows.filter(counts).flatMap(({ invoice: { info } }) => info.random ?? []));
};

/** A random code of decimal digits, each as likely as any other, that is none of those that are taken. */
export const newCode = (digits: number, taken: ReadonlySet<string>): string => {
  // Below this every digit comes equally often; what is above is thrown away.
  const fair = 250;
  const digit = (): string => {
    for (;;) {
      const byte = crypto.getRandomValues(new Uint8Array(1))[0]!;
      if (byte < fair) return String(byte % 10);
    }
  };
  for (let tries = 0; ; tries++) {
    // A till with that many live invoices has to do with longer codes.
    const length = digits + Math.floor(tries / 20);
    const code = Array.from({ length }, digit).join("");
    if (!taken.has(code)) return code;
  }
};
