import type { JSX } from "preact";
import { t } from "../texts/index.ts";
import { Money } from "../ui/money.tsx";

/** Smallest units by currency code, shown in whole ones. */
export const Amounts = ({
  sums,
}: {
  readonly sums: Readonly<Record<string, number | bigint>>;
}): JSX.Element => {
  const codes = Object.keys(sums)
    .filter((code) => BigInt(sums[code]!) !== 0n)
    .sort();
  if (codes.length === 0) return <span class="text-quiet">{t.proof.nothing}</span>;
  return (
    <span class="inline-flex flex-wrap justify-end gap-x-3">
      {codes.map((code) => (
        <Money key={code} amount={BigInt(sums[code]!)} currency={code} />
      ))}
    </span>
  );
};
