import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";

/** A new secret, as the receiver gives it to any library of standardwebhooks.com. */
export const newSecret = (): string => `whsec_${randomBytes(24).toString("base64")}`;

/** The headers by which a receiver knows that a message is ours, fresh, and which it is. */
export const signedHeaders = (
  secret: string,
  id: string,
  nowMs: number,
  body: string,
): Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string> => {
  const now = new Date(nowMs);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(nowMs / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, now, body),
  };
};
