import type { WebhookEvent } from "@coinholder/protocol";
import type { By } from "../command.ts";

export interface AddWebhook {
  readonly kind: "add-webhook";
  readonly by: By;
  readonly id: string;
  readonly url: string;
  /** Each once. */
  readonly events: readonly WebhookEvent[];
  /** What posts are signed with; generated before the command was stamped. */
  readonly secret: string;
}
export interface RemoveWebhook {
  readonly kind: "remove-webhook";
  readonly by: By;
  readonly webhook: string;
}
/** Its receiver has said that it is gone for good (HTTP 410). */
export interface EndWebhook {
  readonly kind: "end-webhook";
  readonly webhook: string;
}
