import { BitcoinError } from "../errors.ts";

/**
 * How to reach a node: `url` without credentials in it, a user and password or Core's cookie file, the milliseconds after
 * which a call counts as unanswered (default 30,000), and the certificate (PEM) that an https node shows instead of one that
 * the system trusts: btcd writes its own into rpc.cert.
 */
export type NodeOptions = { url: string; timeoutMs?: number; ca?: string } & (
  | { user: string; password: string; cookieFile?: undefined }
  | { cookieFile: string; user?: undefined; password?: undefined }
);

const invalid = (reason: string): BitcoinError =>
  new BitcoinError(
    "node_url_invalid",
    `The node's URL ${reason}: http://user:password@host:port, or without user and password beside a cookie file`,
  );

const parse = (text: string): URL => {
  try {
    return new URL(text);
  } catch {
    // Without the cause: it holds the whole text. A sign in the password that must be percent-encoded is the usual reason.
    throw invalid("cannot be read (write signs like / # ? @ : in a password as %2F and so on)");
  }
};

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid("has a % that begins no percent-encoding");
  }
};

/** From one URL, with the credentials in it or a cookie file beside it. Throws BitcoinError `node_url_invalid`. */
export const nodeOptions = (text: string, cookieFile?: string): NodeOptions => {
  const url = parse(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw invalid("is not of http or https");
  // Port 80, as the URL standard has it for http, is nobody's node.
  if (url.protocol === "http:" && url.port === "") throw invalid("names no port");
  const user = decoded(url.username);
  const password = decoded(url.password);
  url.username = "";
  url.password = "";
  if (cookieFile !== undefined) {
    if (user !== "" || password !== "") throw invalid("has credentials although a cookie file is given");
    return { url: url.href, cookieFile };
  }
  if (user === "" || password === "") throw invalid("has no user or no password");
  if (user.includes(":")) throw invalid("has a user name with a colon"); // RFC 7617
  return { url: url.href, user, password };
};
