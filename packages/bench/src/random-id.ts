import { randomBytes } from "node:crypto";

/** 16 letters, as many as the hub's identifiers have. */
export const randomId = (prefix: string): string => prefix + randomBytes(8).toString("hex");
