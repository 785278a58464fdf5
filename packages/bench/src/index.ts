export type { Figure, Measure } from "./measure.ts";
