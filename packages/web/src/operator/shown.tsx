import type { JSX } from "preact";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Digits, Money } from "../ui/money.tsx";

/** Amounts by currency, as the hub tells them: one below the other, without those of which there is nothing. */
export const Amounts = ({
  of,
  nothing,
}: {
  readonly of: Readonly<Record<string, string>>;
  readonly nothing: string;
}): JSX.Element => {
  const codes = Object.keys(of)
    .filter((code) => /[1-9]/.test(of[code]!))
    .sort();
  if (codes.length === 0) return <span class="text-quiet">{nothing}</span>;
  return (
    <span class="flex flex-col items-end">
      {codes.map((code) => (
        <Money key={code} amount={of[code]!} currency={code} />
      ))}
    </span>
  );
};

export const Whole = ({ n }: { readonly n: number }): JSX.Element => <Digits text={String(n)} />;

/** Something long without spaces: a key, a transaction. */
export const Code = ({ text }: { readonly text: string }): JSX.Element => (
  <span class="font-mono text-sm break-all">{text}</span>
);

/** Pages of a list that the hub cuts: `cursors` lead to the page that is shown. */
export const Pager = ({
  cursors,
  next,
  onCursors,
}: {
  readonly cursors: readonly number[];
  readonly next: number | undefined;
  readonly onCursors: (cursors: readonly number[]) => void;
}): JSX.Element | null =>
  cursors.length === 0 && next === undefined ? null : (
    <div class="mt-4 flex justify-between gap-3">
      <Button icon="back" disabled={cursors.length === 0} onClick={() => onCursors(cursors.slice(0, -1))}>
        {t.operator.newer}
      </Button>
      <Button
        icon="next"
        disabled={next === undefined}
        onClick={() => next !== undefined && onCursors([...cursors, next])}
      >
        {t.operator.older}
      </Button>
    </div>
  );
