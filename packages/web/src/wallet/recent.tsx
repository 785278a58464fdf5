import type { JSX } from "preact";
import { useLocation } from "preact-iso";
import { t } from "../texts/index.ts";
import { Card } from "../ui/card.tsx";
import { Loaded } from "../ui/states.tsx";
import { TransferRow } from "./transfer-row.tsx";
import { useNewest } from "./use-transfers.ts";
import { views } from "./views.ts";

const RECENT = 5;

/** The newest transfers, and all that are still under way. */
export const Recent = (): JSX.Element => {
  const newest = useNewest();
  const { route } = useLocation();
  return (
    <Card title={t.wallet.balances.recent} aside={<a href={views.history}>{t.wallet.balances.allOfIt}</a>}>
      <Loaded call={newest}>
        {({ transfers }) => {
          const pending = transfers.filter(({ status }) => status === "pending").length;
          return transfers.length === 0 ? (
            <p class="text-quiet">{t.wallet.past.nothing}</p>
          ) : (
            <ul aria-label={t.wallet.balances.recent} class="-mx-1 -mb-2 divide-y divide-line sm:-mx-2">
              {transfers.slice(0, Math.max(RECENT, pending)).map((transfer) => (
                <TransferRow
                  key={transfer.transfer_id}
                  transfer={transfer}
                  onOpen={() => route(views.payment(transfer.transfer_id))}
                />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Card>
  );
};
