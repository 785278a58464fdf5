import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { Act } from "../hub/act.ts";
import { connection } from "../hub/connection.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card, Facts } from "../ui/card.tsx";
import { Icon } from "../ui/icons.tsx";
import { Money } from "../ui/money.tsx";
import { views } from "./views.ts";

const EVERY_MS = 4_000;

/** A payment that was confirmed and never answered: asked again, under the same client_id, until the hub says. */
export const Doubtful = ({
  sending,
  onAsking,
  onAnswer,
}: {
  readonly sending: Act<"send-btc">;
  readonly onAsking: (asking: boolean) => void;
  readonly onAnswer: (answer: Answer<"send-btc">) => void;
}): JSX.Element => {
  const words = t.wallet.sending;
  const { route } = useLocation();
  const shown = useRef(sending.unfinished[0]);
  shown.current = sending.unfinished[0] ?? shown.current;
  const one = shown.current;
  const latest = useRef(sending);
  latest.current = sending;
  const underWay = useRef(false);
  const ask = async (): Promise<void> => {
    const next = latest.current.unfinished[0];
    if (next === undefined || underWay.current) return;
    underWay.current = true;
    onAsking(true);
    const answer = await latest.current.run(next.params);
    underWay.current = false;
    if (answer) onAnswer(answer);
    else onAsking(false);
  };
  const asked = useRef(ask);
  asked.current = ask;
  useEffect(() => {
    void asked.current();
    const timer = setInterval(() => void asked.current(), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const live = connection.value === "live";
  useEffect(() => {
    if (live) void asked.current();
  }, [live]);
  return (
    <Card title={words.unknownTitle}>
      <div class="flex flex-col gap-4">
        <p>{words.unknownHint}</p>
        {one && (
          <>
            <Facts facts={[[t.ui.amount, <Money key="a" amount={one.params.amount} currency="BTC" />]]} />
            <p class="rounded-[0.625rem] bg-sunken p-3 font-mono text-sm break-all">
              {one.params.to_btc_address}
            </p>
          </>
        )}
        <p role="status" class="flex items-center gap-2 text-quiet">
          {connection.value === "offline" ? (
            <>
              <Icon name="offline" /> {t.ui.noConnection}
            </>
          ) : (
            <>
              <span class="spinner" aria-hidden="true" /> {words.asking}
            </>
          )}
        </p>
        <div class="flex flex-wrap gap-2">
          <Button onClick={() => void ask()} disabled={sending.busy}>
            {words.askAgain}
          </Button>
          {one && (
            <Button
              kind="quiet"
              disabled={sending.busy}
              onClick={() => {
                sending.forget(one);
                route(views.history);
              }}
            >
              {words.setAside}
            </Button>
          )}
        </div>
      </div>
    </Card>
  );
};
