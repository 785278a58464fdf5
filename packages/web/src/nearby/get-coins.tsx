import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../hub/act.ts";
import { overview } from "../hub/current.ts";
import { useCall } from "../hub/use-call.ts";
import { current, may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CopyText } from "../ui/copy.tsx";
import { ErrorNote } from "../ui/states.tsx";

/** Enough for many coffees. */
const AMOUNT = "1.5";
const placeOf = (account: string): string => `coinholder.play-money:${account}`;

/** For who has nothing yet, on a development chain: how to come by coins, which are worth nothing there. Elsewhere it is nothing. */
export const GetCoins = (): JSX.Element | null => {
  const words = t.nearby.getCoins;
  const balance = useCall("my-balance", {}, { when: may("my-balance") });
  const account = current.value?.account ?? "";
  // The same address after a reload: each call makes another.
  const [address, setAddress] = useState(localStorage.getItem(placeOf(account)));
  const make = useAct("new-btc-address");
  if (overview.value?.network !== "regtest" || !may("new-btc-address")) return null;
  if (balance.data === undefined || Object.keys(balance.data.available).length > 0) return null;
  const show = async (): Promise<void> => {
    const made = await make.run({});
    if (made === undefined) return;
    localStorage.setItem(placeOf(account), made.btc_address);
    setAddress(made.btc_address);
  };
  return (
    <Card title={words.title}>
      <div class="flex flex-col gap-3">
        <p class="text-quiet">{words.lead}</p>
        {address === null ? (
          <>
            <ErrorNote error={make.error} repeatable={false} />
            <Button kind="main" icon="receive" busy={make.busy} onClick={() => void show()}>
              {words.show}
            </Button>
          </>
        ) : (
          <>
            <p>{words.step1}</p>
            <CopyText
              text={`npx coinholder devchain fund ${address} ${AMOUNT} && npx coinholder devchain mine 1`}
              label={words.copy}
            />
            <p>
              {words.step2} {words.after}
            </p>
            <p class="text-sm text-quiet">{words.data}</p>
          </>
        )}
      </div>
    </Card>
  );
};
