// What stands on the keypad's display: what a person would type, not yet an amount.

export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0", "erase"] as const;
export type Key = (typeof KEYS)[number];

/** Digits before the point that a sum can have (a hub holds at most 16 in all). */
const MOST_WHOLE = 10;

/** The display after a key; what would be no amount of so many places does nothing. */
export const press = (shown: string, key: Key, decimals: number): string => {
  if (key === "erase") return shown.slice(0, -1);
  const [whole = "", fraction] = shown.split(".");
  if (key === ".") {
    if (fraction !== undefined || decimals === 0) return shown;
    return `${whole === "" ? "0" : whole}.`;
  }
  if (fraction !== undefined) return fraction.length >= decimals ? shown : shown + key;
  if (whole === "0") return key;
  return whole.length >= MOST_WHOLE ? shown : shown + key;
};

/** With one point at most: of two kinds the last parts the fraction; one kind more than once parts thousands. */
const withoutGroups = (text: string): string => {
  const plain = text.replace(/[^0-9.,]/g, "");
  const last = Math.max(plain.lastIndexOf("."), plain.lastIndexOf(","));
  const sign = plain[last] ?? "";
  const others = plain.replaceAll(sign, "");
  const isPoint = plain.indexOf(sign) === last;
  return isPoint ? `${plain.slice(0, last).replace(/[.,]/g, "")}.${plain.slice(last + 1)}` : others;
};

/** What was typed or pasted, cut to what the keys could have brought about. */
export const typedText = (text: string, decimals: number): string => {
  let shown = "";
  const plain = /[.,]/.test(text) ? withoutGroups(text) : text;
  for (const sign of plain) if (/^[0-9.]$/.test(sign)) shown = press(shown, sign as Key, decimals);
  return shown;
};
