/** What `coinholder start` hands to the hub package. */
export interface StartOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly devchainPort: number;
  readonly publicUrl?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly trustProxy?: string | undefined;
  readonly config?: string | undefined;
}

export interface StartedHub {
  readonly url: string;
  readonly devchainUrl?: string;
  readonly close: () => Promise<void>;
}

/** `problems`: what was found wrong, in words; none when all is well. */
export interface Verification {
  readonly problems: readonly string[];
  readonly [particular: string]: unknown;
}

// The hub and all that it needs is loaded by those commands only that run it.
const hubPart = async <T>(name: string): Promise<T> => {
  const parts = (await import("@coinholder/hub")) as Record<string, unknown>;
  if (typeof parts[name] !== "function") throw new Error(`not wired: @coinholder/hub exports no ${name}`);
  return parts[name] as T;
};

export const startHub = async (options: StartOptions): Promise<StartedHub> =>
  (await hubPart<(options: StartOptions) => Promise<StartedHub>>("startHub"))(options);

export const verifyData = async (data: string): Promise<Verification> =>
  (await hubPart<(data: string) => Promise<Verification>>("verifyData"))(data);
