import { HubError } from "@coinholder/client";

/** What a call ended with as a HubError; what is none is a bug of ours and thrown on. */
export const asHubError = (error: unknown): HubError => {
  if (error instanceof HubError) return error;
  throw error;
};

const NO_CONNECTION = new Set(["connection_lost", "hub_unreachable", "timeout"]);

/** Whether it was the way to the hub that failed. */
export const isNoConnection = ({ code, status }: HubError): boolean =>
  status === 0 && NO_CONNECTION.has(code);
