/** What a node answered with an error: its JSON-RPC code and message. */
export class NodeRefusal extends Error {
  readonly code: number;
  constructor(method: string, code: number, message: string) {
    super(`${method}: ${code}: ${message}`);
    this.name = "NodeRefusal";
    this.code = code;
  }
}

/** One JSON-RPC call with nothing but fetch; throws NodeRefusal on an error answer, else what fetch throws. */
export const callNode = async <T>(
  url: string,
  credentials: string,
  method: string,
  params: readonly unknown[],
): Promise<T> => {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ jsonrpc: "1.0", id: 1, method, params }),
  });
  const text = await response.text();
  if (!text.startsWith("{")) throw new Error(`${method}: HTTP ${response.status} ${text}`);
  const { result, error } = JSON.parse(text) as { result: T; error?: { code: number; message: string } };
  if (error) throw new NodeRefusal(method, error.code, error.message);
  return result;
};
