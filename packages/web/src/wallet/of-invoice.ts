import type { ToldTransfer } from "@coinholder/protocol";

/** Whether it paid an invoice; of one of another hub only that this hub was told of the payment says so. */
export const isOfInvoice = ({ crossing, invoice }: Pick<ToldTransfer, "crossing" | "invoice">): boolean =>
  invoice === true || crossing !== undefined;
