import type { JSX } from "preact";
import { useRoute } from "preact-iso";
import { usePrices } from "../hub/prices.ts";
import { useChannel } from "../hub/stream.ts";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { Details } from "./details.tsx";
import { Paid } from "./paid.tsx";
import { readPointer } from "./pay-text.ts";
import { SearchPage } from "./search-page.tsx";
import { place } from "./spot-store.ts";
import { usePay } from "./use-pay.ts";

/** `/nearby`, `/nearby/pay/<address>?code=...`, `/nearby/paid/<transfer_id>` */
export default function NearbyPage(): JSX.Element {
  const { params, query } = useRoute();
  const [view, of] = (params.view ?? "").split("/");
  const pay = usePay();
  const prices = usePrices();
  const balance = useCall("my-balance", {}, { when: may("my-balance") });
  useChannel("balances", balance.reload);
  const purse = { available: balance.data?.available, prices };
  if (view === "paid" && of) return <Paid key={of} transferId={of} />;
  const pointer = view === "pay" && of ? readPointer(of, query) : undefined;
  if (pointer)
    return <Details key={pointer.address} pointer={pointer} place={place.value} purse={purse} pay={pay} />;
  return <SearchPage purse={purse} pay={pay} />;
}
