import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { current, may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Card } from "../ui/card.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { MyFills } from "./my-fills.tsx";
import { MyOrders } from "./my-orders.tsx";
import type { Venue } from "./venue.ts";

/** The account's orders and trades. */
export const Mine = ({ venue }: { readonly venue: Venue }): JSX.Element => {
  const words = t.market.mine;
  const [view, setView] = useState<"orders" | "fills">(may("my-open-orders") ? "orders" : "fills");
  const tabs = [
    ...(may("my-open-orders") ? [{ id: "orders", label: words.orders } as const] : []),
    ...(may("my-trades") ? [{ id: "fills", label: words.fills } as const] : []),
  ];
  return (
    <Card>
      {tabs.length === 0 ? (
        <p class="text-quiet">{current.value === undefined ? words.lookOnly : words.notAllowed}</p>
      ) : (
        <Tabs label={words.views} tabs={tabs} selected={view} onSelect={setView}>
          {view === "orders" ? <MyOrders venue={venue} /> : <MyFills />}
        </Tabs>
      )}
    </Card>
  );
};
