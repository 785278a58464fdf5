/** A random code of decimal digits, each as likely as any other, that none of the till's own live invoices has. */
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
