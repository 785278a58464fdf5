import type { Timing } from "../postgres/place.ts";

/** Where a place is to be lost soon. */
export const QUICK: Timing = { beat: 100, lease: 1000, takeover: 1300 };

/** Where it is to be kept, however slow the machine is. */
export const PATIENT: Timing = { beat: 100, lease: 20_000, takeover: 25_000 };
