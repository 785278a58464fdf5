export { atAnyTime, type CommonError, checkedFirst, codesOf, commonCodes } from "./common-errors.ts";
export { openApi } from "./openapi.ts";
export { referencePages } from "./pages.ts";
