import type { HubError } from "@coinholder/client";
import {
  type DrawnNearby,
  drawNearby,
  type NearbyChanges,
  type NearbyEnd,
  type NearbyInvoice,
  nearbyChannel,
} from "@coinholder/protocol";
import { useEffect, useState } from "preact/hooks";
import { useChannel } from "../hub/stream.ts";
import { useCall } from "../hub/use-call.ts";
import { checkInvoice } from "./check-invoice.ts";
import type { Spot } from "./geo.ts";

export interface Search {
  readonly place?: Spot;
  readonly radius: number;
  /** Only those with that code. */
  readonly code?: string;
}

export interface Found {
  /** Nearest first; undefined until the hub has answered. */
  readonly invoices: readonly NearbyInvoice[] | undefined;
  readonly more: boolean;
  readonly error: HubError | undefined;
  readonly reload: () => void;
  /** How those ended that were found before, by address. */
  readonly ends: ReadonlyMap<string, NearbyEnd>;
}

/** The stream tells of places only: without one the hub is asked again and again. */
const EVERY_MS = 3_000;
const MOST = 100;

/** Invoices around a place, live; without a place those with the code, wherever they are. */
export const useFound = ({ place, radius, code }: Search): Found => {
  const random = code === undefined ? {} : { random: code };
  const channel = place && nearbyChannel({ lat: place.lat, lng: place.lng, radius_m: radius, ...random });
  const [drawn, setDrawn] = useState<{ readonly channel: string; readonly told: DrawnNearby }>();
  const [ends, setEnds] = useState<ReadonlyMap<string, NearbyEnd>>(new Map());
  useChannel(channel, (event) => {
    if (event.type !== "snapshot" && event.type !== "update") return;
    setDrawn((before) => {
      const told = drawNearby(before?.channel === event.channel ? before.told : undefined, event);
      return told ? { channel: event.channel, told } : before;
    });
    const gone = event.type === "update" ? ((event.data as NearbyChanges).disappeared ?? []) : [];
    if (gone.length > 0)
      setEnds(
        (known) => new Map([...known, ...gone.map(({ btc_address, why }) => [btc_address, why] as const)]),
      );
  });
  const byCode = useCall(
    "search-invoices",
    { ...random, limit: MOST },
    { when: !place && code !== undefined },
  );
  const { reload } = byCode;
  const polls = !place && code !== undefined;
  useEffect(() => {
    if (!polls) return undefined;
    const timer = setInterval(reload, EVERY_MS);
    return () => clearInterval(timer);
  }, [polls, reload]);
  if (place) {
    const current = drawn?.channel === channel ? drawn?.told : undefined;
    return {
      invoices: current?.invoices,
      more: current?.more_exist ?? false,
      error: undefined,
      reload,
      ends,
    };
  }
  return {
    invoices: byCode.data?.invoices,
    more: byCode.data?.more_exist ?? false,
    error: byCode.error,
    reload,
    ends,
  };
};

/** Verdicts that were found, so that nothing is checked twice: the same bytes have the same verdict. */
const verdicts = new Map<string, boolean>();
const MOST_VERDICTS = 1_000;
const keyOf = ({ amount, btc_address, currency, info, invoice_json, signature }: NearbyInvoice): string =>
  JSON.stringify([btc_address, amount, currency, info, invoice_json, signature]);

export interface Checked {
  readonly good: readonly NearbyInvoice[];
  /** How many have a signature that is not their address's, or say other things than were signed. */
  readonly forged: number;
  readonly checking: boolean;
}

/** Looks at the invoices' signatures, one at a time, so that the page stays quick. */
export const useChecked = (invoices: readonly NearbyInvoice[] | undefined): Checked => {
  const [, setTurn] = useState(0);
  useEffect(() => {
    let over = false;
    const look = async (): Promise<void> => {
      for (const invoice of invoices ?? []) {
        const key = keyOf(invoice);
        if (verdicts.has(key)) continue;
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (over) return;
        if (verdicts.size >= MOST_VERDICTS) verdicts.delete(verdicts.keys().next().value!);
        verdicts.set(key, checkInvoice(invoice));
        setTurn((turn) => turn + 1);
      }
    };
    void look();
    return () => {
      over = true;
    };
  }, [invoices]);
  const seen = (invoices ?? []).map((invoice) => ({ invoice, verdict: verdicts.get(keyOf(invoice)) }));
  return {
    good: seen.filter(({ verdict }) => verdict === true).map(({ invoice }) => invoice),
    forged: seen.filter(({ verdict }) => verdict === false).length,
    checking: seen.some(({ verdict }) => verdict === undefined),
  };
};
