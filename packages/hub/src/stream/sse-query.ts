import type { IncomingHttpHeaders } from "node:http";
import { type AskedChannel, readChannels, SIGNATURE_HEADER, TOKEN_HEADER } from "@coinholder/protocol";
import type { StreamCall } from "./subscribe.ts";

// A browser's EventSource cannot set headers: they may stand at the end of the query, which is signed up to there.
const AT_THE_END = new RegExp(`^(.*)&${TOKEN_HEADER}=([^&]*)&${SIGNATURE_HEADER}=([^&]*)$`);

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

// Bad percent-encoding is no signature, and refused as one.
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A subscription by GET: the query string is what is signed. */
export const callOfQuery = (url: string, headers: IncomingHttpHeaders, source: string): StreamCall => {
  const question = url.indexOf("?");
  const query = question < 0 ? "" : url.slice(question + 1);
  const found = AT_THE_END.exec(query);
  const [signed, token, signature] = found
    ? [found[1]!, decoded(found[2]!), decoded(found[3]!)]
    : [query, one(headers[TOKEN_HEADER]), one(headers[SIGNATURE_HEADER])];
  return { bytes: Buffer.from(signed, "latin1"), token, signature, source };
};

/** The channels asked for, gone on with after the event that an EventSource had last: it tells of one channel only. */
export const goneOnWith = (
  channels: readonly AskedChannel[],
  headers: IncomingHttpHeaders,
): readonly AskedChannel[] => {
  const read = readChannels(one(headers["last-event-id"]) ?? "");
  if ("problem" in read) return channels;
  const [last] = read.channels;
  return channels.map((asked) => (asked.channel === last?.channel ? { ...asked, ...last } : asked));
};
