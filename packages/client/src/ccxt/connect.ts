import type { ConnectOptions } from "../connect.ts";
import type { Credentials, ExchangeKeys } from "../credentials.ts";
import { HubError } from "../hub-error.ts";
import type { WrappedExchange } from "../wrapped.ts";

export const connectCcxt = async (
  url: string,
  _credentials: Credentials | ExchangeKeys | undefined,
  _options: ConnectOptions,
): Promise<WrappedExchange> => {
  throw new HubError("unsupported", url);
};
