import { useEffect } from "preact/hooks";
import type { Called } from "../hub/use-call.ts";

const EVERY_MS = 10_000;

/** The call, asked for again every ten seconds while somebody looks: the hub tells operators nothing by its stream. */
export const useRefreshed = <T>(call: Called<T>): Called<T> => {
  const { reload } = call;
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible" && navigator.onLine) reload();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [reload]);
  return call;
};
