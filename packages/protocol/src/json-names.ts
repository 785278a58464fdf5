// A string, with the colon that makes it a member's name, or a bracket. In JSON that is well-formed nothing else holds these.
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

/**
 * A name that stands twice in one object of a well-formed JSON text, at any depth. JSON.parse keeps the last of them without a
 * word, other readers the first: two readers of one signed text would see different things.
 */
export const repeatedName = (json: string): string | undefined => {
  const open: Set<string>[] = [];
  for (const [token, colon] of json.matchAll(TOKEN)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (colon !== undefined) {
      const name = JSON.parse(token.slice(0, -colon.length)) as string;
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return undefined;
};

/** One JSON object in which no name stands twice, at any depth: a text that is signed must read as one thing only. */
export const readObject = (json: string): { object: Record<string, unknown> } | { problem: string } => {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { problem: "it is not JSON" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { problem: "it is not an object" };
  const twice = repeatedName(json);
  if (twice !== undefined) return { problem: `it has ${twice.slice(0, 40)} twice` };
  return { object: value as Record<string, unknown> };
};
