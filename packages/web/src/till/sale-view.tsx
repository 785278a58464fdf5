import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { paths } from "../app/paths.ts";
import { useAct } from "../hub/act.ts";
import { decimalsOf, readTyped } from "../hub/money.ts";
import { useLead } from "../session/lead.ts";
import { t } from "../texts/index.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Card, Note } from "../ui/card.tsx";
import { TextField } from "../ui/field.tsx";
import { amountProblem } from "../ui/money.tsx";
import { Page } from "../ui/page.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { newCode, takenCodes } from "./code.ts";
import { DayView } from "./day-view.tsx";
import { Keypad } from "./keypad.tsx";
import { allowSound } from "./sound.ts";
import { type Draft, EMPTY, keepDraft, readDraft, type TillSettings } from "./till-store.ts";
import { type Rows, useNow } from "./use-rows.ts";

const MINUTE_MS = 60_000;
/** How far the device's clock may be behind the hub's when what was posted is looked for. */
const SKEW_MS = 10 * MINUTE_MS;
const LATEST = 5;

/** Keypad, memo and the day so far. */
export const SaleView = ({
  account,
  settings: { currency, digits, place },
  rows,
}: {
  readonly account: string;
  readonly settings: TillSettings;
  readonly rows: Rows;
}): JSX.Element => {
  const words = t.till;
  const lead = useLead();
  const now = useNow(MINUTE_MS);
  const [draft, setDraft] = useState<Draft>(() => readDraft(account));
  const [tried, setTried] = useState(false);
  const post = useAct("new-invoice");
  const keep = (next: Draft): void => {
    keepDraft(account, next);
    setDraft(next);
  };
  const show = (address: string): void => {
    keep(EMPTY);
    lead(`${paths.till}/invoice/${address}`);
  };
  // The page was closed, or the connection lost, before the answer came: was it posted? The list knows.
  const { posted } = draft;
  const found =
    posted &&
    rows.rows?.find(
      ({ invoice: { amount, currency: of, info } }) =>
        info.random === posted.code &&
        amount === posted.amount &&
        of === posted.currency &&
        (info.t ?? 0) > posted.t - SKEW_MS,
    );
  const foundAddress = found?.invoice.btc_address;
  useEffect(() => {
    if (foundAddress !== undefined && !post.busy) show(foundAddress);
  }, [foundAddress, post.busy]);

  const read = readTyped(draft.shown, currency);
  const problem = tried ? amountProblem(draft.shown, currency) : undefined;
  const ask = async (): Promise<void> => {
    allowSound();
    setTried(true);
    if ("problem" in read) return;
    const code = newCode(digits, takenCodes(rows.rows ?? [], Date.now(), SKEW_MS));
    const memo = draft.memo.trim();
    keep({ ...draft, posted: { code, amount: read.amount, currency, t: Date.now() } });
    const made = await post.run({
      amount: read.amount,
      currency,
      random: code,
      ...(memo === "" ? {} : { memo }),
      ...(place ?? {}),
    });
    if (made === undefined) {
      // Whether it came there nobody can say yet: only then is it looked for.
      rows.reload();
      return;
    }
    rows.add({ ...made, state: "open", received: "0.00" });
    show(made.invoice.btc_address);
  };
  const unknown = posted !== undefined && !post.busy && (post.error === undefined || post.error.unknown);
  const refused = post.error !== undefined && !post.error.unknown;
  useEffect(() => {
    if (refused) keep({ shown: draft.shown, memo: draft.memo });
  }, [refused]);
  return (
    <Page
      title={words.title}
      width="wide"
      aside={
        <LinkButton kind="quiet" icon="settings" href={`${paths.till}/settings`}>
          {words.settings}
        </LinkButton>
      }
    >
      <div class="grid grid-cols-1 items-start gap-4 lg:grid-cols-[26rem_minmax(0,1fr)]">
        <Card>
          <form
            class="flex flex-col gap-4"
            onSubmit={(event) => {
              event.preventDefault();
              void ask();
            }}
          >
            <Keypad
              shown={draft.shown}
              onShown={(shown) => {
                setTried(false);
                // Another sum is another sale; what was posted of the last one stands in the list.
                keep({ shown, memo: draft.memo });
              }}
              currency={currency}
              decimals={decimalsOf(currency)}
              error={problem}
            />
            <TextField
              label={words.memo}
              hint={words.memoHint}
              optional
              value={draft.memo}
              onValue={(memo) => keep({ ...draft, memo })}
              maxLength={500}
              autocomplete="off"
            />
            {unknown && <Note tone="warn">{words.unknown}</Note>}
            <ErrorNote error={post.error} repeatable={false} />
            <Button kind="main" type="submit" icon="till" wide busy={post.busy}>
              {"amount" in read ? words.askOf(read.amount, currency) : words.ask}
            </Button>
            <p class="digits text-center text-sm text-quiet">
              {place ? words.here(place.lat, place.lng) : words.nowhere}
            </p>
          </form>
        </Card>
        <DayView rows={rows} now={now} most={LATEST} />
      </div>
    </Page>
  );
};
