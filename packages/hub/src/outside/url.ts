import { isIP } from "node:net";
import { isOwnName } from "./own-name.ts";
import { isPublicAddress } from "./public-address.ts";

export type UrlProblem = "malformed" | "not_https" | "credentials" | "not_public";

/**
 * Why nothing is posted to a URL, as far as its text tells. What a name leads to is looked at for each post.
 * @param anywhere plain http and addresses of any kind are taken
 */
export const urlProblem = (text: string, anywhere: boolean): UrlProblem | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.hostname === "") return "malformed";
  if (url.protocol !== "https:" && !(anywhere && url.protocol === "http:")) return "not_https";
  if (url.username !== "" || url.password !== "") return "credentials";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isPublic = isIP(host) === 0 ? !isOwnName(host) : isPublicAddress(host);
  return anywhere || isPublic ? undefined : "not_public";
};
