// Days as date fields write them (2026-11-22), in the zone of the person's device.

export const dayOf = (t: number): string => {
  const d = new Date(t);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
};

/** When the day begins, `plus` days later; undefined where no day was chosen. */
export const startOf = (day: string, plus = 0): number | undefined => {
  const [, y, m, d] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  return y === undefined ? undefined : new Date(Number(y), Number(m) - 1, Number(d) + plus).getTime();
};

/** From the first day's beginning to the last one's end. */
export const periodOf = (from: string, to: string): { readonly from?: number; readonly to?: number } => {
  const begin = startOf(from);
  const end = startOf(to, 1);
  return { ...(begin === undefined ? {} : { from: begin }), ...(end === undefined ? {} : { to: end }) };
};
