export const JSON_TYPE = "application/json; charset=utf-8";

export const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "retry-after",
  "x-content-type-options": "nosniff",
};

/** Of a function's answer: name, value, name, value. */
export const ANSWER_HEADERS: readonly string[] = Object.entries({
  "content-type": JSON_TYPE,
  "cache-control": "no-store",
  ...CORS,
}).flat();
