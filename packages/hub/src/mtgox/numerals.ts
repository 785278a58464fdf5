/** A JSON number that is written as its digits stand here: a float would show 9.700000000000001 for 9.7 to people. */
export interface Numeral {
  readonly numeral: string;
}

/** The JSON number of a decimal of ours: "3.70" as 3.7, "22.00" as 22. */
export const numeral = (decimal: string): Numeral => ({
  numeral: decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal,
});

/** The digits of a decimal in units of so many places, what is finer cut off: "0.37" in five places is "37000". */
export const inUnits = (decimal: string, places: number): string => {
  const [whole, fraction = ""] = decimal.split(".") as [string, string?];
  return BigInt(whole + fraction.slice(0, places).padEnd(places, "0")).toString();
};

export type Json =
  | string
  | number
  | Numeral
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Writes JSON. Plain numbers must be whole: amounts are numerals. */
export const writeJson = (value: Json): string => {
  if (typeof value === "number" && !Number.isSafeInteger(value))
    throw new RangeError(`${value} is not whole`);
  if (typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(writeJson).join(",")}]`;
  if (typeof value.numeral === "string") return value.numeral;
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : [`${JSON.stringify(name)}:${writeJson(member as Json)}`],
  );
  return `{${members.join(",")}}`;
};
