import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError } from "./failure.ts";

/** Where a hub's development chain answers, and how to get in. */
export interface DevchainAccess {
  /** "http://127.0.0.1:18443" */
  readonly url: string;
  readonly password: string;
}

export const devchainAccess = (data: string, port: number): DevchainAccess => {
  const path = join(data, "devchain", "rpc-password");
  try {
    return { url: `http://127.0.0.1:${port}`, password: readFileSync(path, "utf8").trim() };
  } catch (error) {
    throw new CommandError(
      "devchain_password_missing",
      `Cannot read ${path} (${(error as NodeJS.ErrnoException).code}). Run this where the hub's data folder is, or give --data.`,
    );
  }
};

/** One JSON-RPC call to the development chain. Throws CommandError. */
export const devchainCall = async (
  access: DevchainAccess,
  method: string,
  ...params: readonly unknown[]
): Promise<unknown> => {
  let response: Response;
  try {
    response = await fetch(access.url, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`devchain:${access.password}`).toString("base64")}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ jsonrpc: "1.0", id: 1, method, params }),
    });
  } catch (error) {
    throw new CommandError(
      "devchain_unreachable",
      `No development chain answers at ${access.url} (${((error as Error).cause as Error | undefined)?.message ?? error}).`,
    );
  }
  if (response.status === 401)
    throw new CommandError(
      "devchain_refused",
      `The password is not the one of the chain at ${access.url}: is --data the right folder?`,
    );
  const { result, error } = (await response.json()) as { result: unknown; error: { message: string } | null };
  if (error) throw new CommandError("devchain_refused", error.message);
  return result;
};
