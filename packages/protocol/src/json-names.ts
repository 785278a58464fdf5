// A string, with the colon that makes it a member's name, or a bracket. In JSON that is well-formed nothing else holds these.
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

/**
 * A name that stands twice in one object of a well-formed JSON text, at any depth. JSON.parse keeps the last of them without a
 * word, other readers the first: two readers of one signed text would see different things.
 * @param value what JSON.parse made of the text: it has fewer members than the text has names just where one stands twice
 */
export const repeatedName = (json: string, value: unknown): string | undefined =>
  namesIn(json) === membersOf(value) ? undefined : firstRepeated(json);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

// Outside of strings there is one colon for each name, and no other.
const namesIn = (json: string): number => {
  let count = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === COLON) count++;
    else if (code === QUOTE)
      for (at++; json.charCodeAt(at) !== QUOTE; at++) if (json.charCodeAt(at) === BACKSLASH) at++;
  }
  return count;
};

const membersOf = (value: unknown): number => {
  let count = 0;
  // With a list of its own instead of calls: the depth of a text is its sender's choice.
  const open = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== "object" || one === null) continue;
    const inside = Object.values(one);
    if (!Array.isArray(one)) count += inside.length;
    for (const part of inside) if (typeof part === "object" && part !== null) open.push(part);
  }
  return count;
};

const firstRepeated = (json: string): string | undefined => {
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
  const twice = repeatedName(json, value);
  if (twice !== undefined) return { problem: `it has ${twice.slice(0, 40)} twice` };
  return { object: value as Record<string, unknown> };
};
