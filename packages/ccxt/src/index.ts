export { coinholder } from "./coinholder.ts";
export { errorClasses } from "./errors.ts";
