/** An exact decimal: `units` of 10^-`places`. ccxt's numbers come as text; no float is ever made of them. */
export interface Decimal {
  readonly units: bigint;
  readonly places: number;
}

const FORM = /^(-?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,3}))?$/;
const scale = (places: number): bigint => 10n ** BigInt(places);

/** Reads what ccxt tells: text, or a number whose shortest writing is what the exchange wrote. Undefined for anything else. */
export const decimal = (told: unknown): Decimal | undefined => {
  if (typeof told !== "string" && typeof told !== "number") return undefined;
  const form = FORM.exec(String(told));
  const digits = `${form?.[2] ?? ""}${form?.[3] ?? ""}`;
  if (form === null || digits === "") return undefined;
  const places = (form[3] ?? "").length - Number(form[4] ?? 0);
  const units = BigInt(`${form[1]}${digits}`);
  return places < 0 ? { units: units * scale(-places), places: 0 } : { units, places };
};

const align = (a: Decimal, b: Decimal): [bigint, bigint, number] => {
  const places = Math.max(a.places, b.places);
  return [a.units * scale(places - a.places), b.units * scale(places - b.places), places];
};

export const ZERO: Decimal = { units: 0n, places: 0 };
export const times = (a: Decimal, b: Decimal): Decimal => ({
  units: a.units * b.units,
  places: a.places + b.places,
});
export const plus = (a: Decimal, b: Decimal): Decimal => {
  const [x, y, places] = align(a, b);
  return { units: x + y, places };
};
export const minus = (a: Decimal, b: Decimal): Decimal => plus(a, { units: -b.units, places: b.places });
/** Below zero: a is less; above: more. */
export const compare = (a: Decimal, b: Decimal): number => {
  const [x, y] = align(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
};
/** 10^exponent. */
export const power = (exponent: number): Decimal =>
  exponent < 0 ? { units: 1n, places: -exponent } : { units: scale(exponent), places: 0 };

export const isMultiple = (of: Decimal, step: Decimal): boolean => {
  const [x, y] = align(of, step);
  return x % y === 0n;
};

/** a / b, both above zero, as whole steps. */
export const quotient = (a: Decimal, b: Decimal, step: Decimal, round: "down" | "up"): Decimal => {
  const above = a.units * scale(b.places + step.places);
  const below = b.units * step.units * scale(a.places);
  const steps = round === "down" ? above / below : (above + below - 1n) / below;
  return { units: steps * step.units, places: step.places };
};

/** To so many places. */
export const rounded = (value: Decimal, places: number, round: "down" | "up"): Decimal =>
  value.places <= places ? value : quotient(value, { units: 1n, places: 0 }, power(-places), round);

/** The exponent of the first digit of a / b, both above zero: 4 for 65,000. */
export const magnitude = (a: Decimal, b: Decimal): number => {
  const isAtLeast = (exponent: number): boolean => compare(a, times(b, power(exponent))) >= 0;
  let exponent = String(a.units).length - a.places - (String(b.units).length - b.places) + 1;
  while (!isAtLeast(exponent)) exponent--;
  return exponent;
};

/** Plain digits, with at least two places where it has any: `1.50`, `0.00000001`, `100`. */
export const write = ({ units, places }: Decimal): string => {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  let fraction = digits.slice(digits.length - places);
  while (fraction.length > 2 && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  if (fraction.length === 1) fraction += "0";
  return `${units < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
};

/** The same without zeros at the end, as exchanges take it: `1.5`, `100`. */
export const writeShort = (value: Decimal): string => {
  const text = write(value);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
};

/** What ccxt tells as the protocol writes it; undefined where it tells nothing. */
export const text = (told: unknown): string | undefined => {
  const read = decimal(told);
  return read && write(read);
};
