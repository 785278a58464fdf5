import type { JSX } from "preact";
import { useAct } from "../hub/act.ts";
import { overview } from "../hub/current.ts";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { notify } from "../ui/toast.tsx";

/** What a hub gives (docs/reference/play-money.md). */
const AMOUNT = "1.5";

/** For who has nothing yet, at a hub on its own development chain: coins that are worth nothing. Elsewhere it is nothing. */
export const GetCoins = (): JSX.Element | null => {
  const words = t.nearby.getCoins;
  const balance = useCall("my-balance", {}, { when: may("my-balance") });
  const get = useAct("play-money");
  if (!overview.value?.supported_functions.includes("play-money") || !may("play-money")) return null;
  if (balance.data === undefined || Object.keys(balance.data.available).length > 0) return null;
  const take = async (): Promise<void> => {
    if ((await get.run({})) !== undefined) notify(words.came(AMOUNT), "good");
  };
  return (
    <Card title={words.title}>
      <div class="flex flex-col gap-3">
        <p class="text-quiet">{words.lead}</p>
        <ErrorNote error={get.error} repeatable={false} />
        <Button kind="main" icon="receive" busy={get.busy} onClick={() => void take()}>
          {words.get(AMOUNT)}
        </Button>
        <p class="text-sm text-quiet">{words.after}</p>
      </div>
    </Card>
  );
};
