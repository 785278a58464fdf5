import { FORM, FUNCTION_NAME_PLACE, JSON_BODY, type Overview } from "@coinholder/protocol";
import { exchange } from "./exchange.ts";
import { HubError, withOutcome } from "./hub-error.ts";

const problemOf = (overview: Partial<Overview> | null): string | undefined => {
  if (typeof overview !== "object" || overview === null) return "it is not a JSON object";
  if (typeof overview.req_url !== "string" || !overview.req_url.includes(FUNCTION_NAME_PLACE))
    return `req_url has no ${FUNCTION_NAME_PLACE}`;
  if (!/^https?:\/\//.test(overview.req_url)) return "req_url is not an http(s) URL";
  if (overview.req_method !== "POST" && overview.req_method !== "GET")
    return "req_method is neither POST nor GET";
  // A hub that is called by GET has no body to encode.
  if (
    overview.req_method === "POST" &&
    overview.post_body_encoding !== FORM &&
    overview.post_body_encoding !== JSON_BODY
  )
    return "post_body_encoding is not one of the two";
  if (overview.req_authentication_type !== 1 && overview.req_authentication_type !== 2)
    return "req_authentication_type is neither 1 nor 2";
  if (!Array.isArray(overview.supported_functions)) return "supported_functions is not a list";
  return undefined;
};

/** `url`: the hub's address, with or without the path of its overview. Throws HubError. */
export const readOverview = async (url: string, signal: AbortSignal): Promise<Overview> => {
  const address = /\/overview\.js$/.test(url) ? url : `${url.replace(/\/+$/, "")}/api/overview.js`;
  const overview = (await exchange(address, { redirect: "follow", signal }).catch((error: unknown) => {
    throw error instanceof HubError ? withOutcome(error, false) : error;
  })) as Partial<Overview> | null;
  const problem = problemOf(overview);
  if (problem !== undefined)
    throw new HubError("overview_malformed", `${address} is not the overview of a hub: ${problem}.`);
  return overview as Overview;
};

/** The same hub, called at that origin: it may be reached by another name than the one that it knows itself by. */
export const atOrigin = (overview: Overview, origin: string): Overview => {
  const moved = (url: string): string => url.replace(/^https?:\/\/[^/]+/, origin);
  return {
    ...overview,
    req_url: moved(overview.req_url),
    ...(overview.stream_url === undefined ? {} : { stream_url: moved(overview.stream_url) }),
  };
};
