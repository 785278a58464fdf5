import { en } from "./en.ts";

/** A language is one object of this shape. */
type Words<T> = T extends string
  ? string
  : T extends (...values: infer V) => string
    ? (...values: V) => string
    : { readonly [K in keyof T]: Words<T[K]> };
export type Catalogue = Words<typeof en>;

/** All that people read. */
export const t: Catalogue = en;
