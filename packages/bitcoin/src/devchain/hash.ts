import { hex } from "@scure/base";
import { sha256x2 } from "@scure/btc-signer/utils.js";

export type Bytes = Uint8Array;

/** Block and transaction ids are shown with their bytes reversed: 64 hex digits. */
export const displayHash = (bytes: Bytes): string => hex.encode(Uint8Array.from(bytes).reverse());
export const internalHash = (display: string): Bytes => hex.decode(display).reverse();

/** The double SHA-256 of these bytes, as 64 hex digits in display order. */
export const hashId = (...parts: Bytes[]): string => displayHash(sha256x2(...parts));
