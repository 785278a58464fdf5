import type { HubError } from "@coinholder/client";
import type { ToldTransfer } from "@coinholder/protocol";
import { useEffect, useRef, useState } from "preact/hooks";
import { act } from "../hub/act.ts";
import { asHubError } from "../hub/failure.ts";
import { placeOf } from "./kept.ts";

export interface ReceiveAddress {
  readonly address: string | undefined;
  readonly busy: boolean;
  readonly error: HubError | undefined;
  /** Asks for another one. */
  readonly renew: () => void;
}

/** Whether something was paid to an address of the account's. */
export const paidTo = (address: string, transfers: readonly ToldTransfer[]): ToldTransfer[] =>
  transfers.filter(({ btc_address, direction }) => direction === "in" && btc_address === address);

/**
 * The address at which this browser receives: the same until something was paid to it, and over reloads. `transfers`: the newest,
 * undefined until they are known; null where the key may not know.
 */
export const useReceiveAddress = (transfers: readonly ToldTransfer[] | undefined | null): ReceiveAddress => {
  const place = placeOf("address");
  const [address, setAddress] = useState<string>();
  const [error, setError] = useState<HubError>();
  const [busy, setBusy] = useState(false);
  const begun = useRef(false);
  const renew = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const { btc_address } = await act("new-btc-address", {});
      localStorage.setItem(place, btc_address);
      setAddress(btc_address);
    } catch (failure) {
      setError(asHubError(failure));
    }
    setBusy(false);
  };
  const known = transfers !== undefined;
  useEffect(() => {
    if (!known || begun.current) return;
    begun.current = true;
    const kept = localStorage.getItem(place);
    // What is paid to it from now on does not take it away from under somebody's eyes.
    if (kept !== null && paidTo(kept, transfers ?? []).length === 0) setAddress(kept);
    else void renew();
  }, [known]);
  return { address, busy, error, renew: () => void renew() };
};
