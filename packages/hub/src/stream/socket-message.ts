import { isUtf8 } from "node:buffer";
import { type Refusal, refusal, SIGNATURE_HEADER, TOKEN_HEADER } from "@coinholder/protocol";

/** A call over a WebSocket: a form, as the body of a call by HTTP would be, with the two headers beside it. */
export interface SocketCall {
  readonly id: string | undefined;
  readonly bytes: Buffer;
  readonly token: string | undefined;
  readonly signature: string | undefined;
}

const MEMBERS = ["id", "body", TOKEN_HEADER, SIGNATURE_HEADER];
const LONGEST_ID = 64;

/** Reads `{"id","body","x-authkey-token","x-signature"}`, all texts; only `body` must be there. */
export const readMessage = (data: Buffer): SocketCall | { refused: Refusal } => {
  const malformed = (message: string) => ({ refused: refusal("body_malformed", {}, message) });
  if (!isUtf8(data)) return malformed("The bytes are not UTF-8.");
  let message: unknown;
  try {
    message = JSON.parse(data.toString("utf8"));
  } catch {
    return malformed("The message is not JSON.");
  }
  if (typeof message !== "object" || message === null || Array.isArray(message))
    return malformed("The message must be one JSON object.");
  const given = new Map(Object.entries(message));
  for (const [name, value] of given) {
    if (!MEMBERS.includes(name)) return { refused: refusal("param_unknown", { param: name }) };
    if (typeof value !== "string") return malformed(`${name} must be a string.`);
  }
  const text = (name: string): string | undefined => given.get(name) as string | undefined;
  const id = text("id");
  if (id !== undefined && id.length > LONGEST_ID)
    return { refused: refusal("param_too_long", { param: "id" }) };
  const body = text("body");
  if (body === undefined) return { refused: refusal("param_missing", { param: "body" }) };
  return { id, bytes: Buffer.from(body), token: text(TOKEN_HEADER), signature: text(SIGNATURE_HEADER) };
};
