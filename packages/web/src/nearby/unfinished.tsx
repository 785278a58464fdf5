import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Note } from "../ui/card.tsx";
import { ErrorNote, errorMessage } from "../ui/states.tsx";
import { type Pay, unfinishedText } from "./use-pay.ts";

type One = Pay["unfinished"][number];

/** Payments that were begun and never answered. `address`: only of that invoice. */
export const Unfinished = ({
  pay,
  address,
}: {
  readonly pay: Pay;
  readonly address?: string;
}): JSX.Element => {
  const words = t.nearby;
  const [asked, setAsked] = useState<One>();
  const ofAsked = (one: One): boolean => one.client_id === asked?.client_id;
  // What was found out is told also when there is nothing left to find out.
  const refused = asked && pay.error && !pay.unfinished.some(ofAsked) ? asked : undefined;
  const refusedText = refused && unfinishedText(refused.params.invoice_json);
  return (
    <>
      {refusedText && (
        <div role="alert">
          <Note tone="warn" title={words.notPaidTitle(refusedText.amount, refusedText.currency)}>
            {refusedText.info.memo !== undefined && <p class="break-words">{refusedText.info.memo}</p>}
            <p>{errorMessage(pay.error!)}</p>
          </Note>
        </div>
      )}
      {pay.unfinished.map((one) => {
        const { amount, btc_address, currency, info } = unfinishedText(one.params.invoice_json);
        if (address !== undefined && btc_address !== address) return null;
        return (
          <Note key={one.client_id} tone="warn" title={words.unfinishedTitle}>
            <p>{words.unfinishedText(amount, currency)}</p>
            {info.memo !== undefined && <p class="break-words">{info.memo}</p>}
            <p class="mt-1 text-sm">{words.findOutHint}</p>
            <div class="mt-2 flex flex-wrap gap-2">
              <Button
                kind="main"
                busy={pay.busy}
                onClick={() => {
                  setAsked(one);
                  void pay.finish(one);
                }}
              >
                {words.findOut}
              </Button>
              <Button onClick={() => pay.forget(one)}>{words.forget}</Button>
            </div>
            {ofAsked(one) && <ErrorNote error={pay.error} />}
          </Note>
        );
      })}
    </>
  );
};
