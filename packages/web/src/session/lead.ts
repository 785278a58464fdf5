import { useLocation } from "preact-iso";
import { current } from "./current.ts";

/**
 * Leads to what came of a call of the account that is open: nowhere, where another one is open by the time of the answer. To that one it
 * is not there, as if nothing had been paid.
 */
export const useLead = (): ((path: string, replace?: boolean) => void) => {
  const { route } = useLocation();
  const account = current.peek()?.account;
  return (path, replace) => {
    if (current.peek()?.account === account) route(path, replace);
  };
};
