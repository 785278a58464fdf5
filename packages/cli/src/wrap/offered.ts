import type { Hub } from "@coinholder/client";
import {
  FORM,
  type FunctionName,
  functionRow,
  isFunctionName,
  JSON_BODY,
  type Overview,
  openApi,
} from "@coinholder/protocol";

/** Keys and accounts of a hub behind are no keys and accounts of the wrapper, and `batch` is its own. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set<FunctionName>([
  "create-account",
  "create-authkey",
  "change-authkey-permissions",
  "my-authkeys",
  "revoke-authkey",
  "batch",
]);

/** The functions of the table that the exchange has, and `batch`. An operator's stay with the operator. */
export const offeredFunctions = ({ overview }: Pick<Hub, "overview">): readonly FunctionName[] => [
  ...overview.supported_functions
    .filter(isFunctionName)
    .filter((name) => !NOT_PASSED_ON.has(name) && functionRow(name).access !== "operator"),
  "batch",
];

/** How a wrapper describes itself at /api/overview.js: as a hub whose one account is that of the exchange's keys. */
export const wrapperOverview = (
  { overview }: Pick<Hub, "overview">,
  exchange: string,
  publicUrl: string,
): Overview => {
  const { name = exchange, network, currencies, markets } = overview;
  return {
    req_url: `${publicUrl}/api/(function_name)`,
    req_method: "POST",
    post_body_encoding: FORM,
    req_authentication_type: 2,
    supported_functions: offeredFunctions({ overview }),
    req_authentication_types: [2],
    post_body_encodings: [FORM, JSON_BODY],
    name,
    ...(network === undefined ? {} : { network }),
    ...(currencies === undefined ? {} : { currencies }),
    ...(markets === undefined ? {} : { markets }),
    // Clients take it as the word that client_ids are known here.
    openapi_url: `${publicUrl}/api/openapi.json`,
  };
};

/** The part of OpenAPI's description that is there. */
export const wrapperOpenApi = (overview: Overview, publicUrl: string, version: string): object => {
  const whole = openApi({ publicUrl, name: overview.name ?? publicUrl, version }) as {
    readonly paths: Readonly<Record<string, unknown>>;
  };
  const there = new Set(["/api/overview.js", ...overview.supported_functions.map((name) => `/api/${name}`)]);
  return {
    ...whole,
    paths: Object.fromEntries(Object.entries(whole.paths).filter(([path]) => there.has(path))),
  };
};
