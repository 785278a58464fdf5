import { t } from "../texts/index.ts";

const SYSTEMS = ["Android", "iPhone", "iPad", "Windows", "Mac OS X", "CrOS", "Linux"];

/** What this browser's key is called in the list of keys. */
export const browserLabel = (): string =>
  t.session.consent.label(SYSTEMS.find((system) => navigator.userAgent.includes(system)) ?? "");
