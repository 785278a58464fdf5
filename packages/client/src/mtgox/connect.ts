import type { Credentials, ExchangeKeys } from "../credentials.ts";
import { HubError } from "../hub-error.ts";
import type { WrappedExchange } from "../wrapped.ts";

export const connectMtgox = async (
  url: string,
  _credentials: Credentials | ExchangeKeys | undefined,
): Promise<WrappedExchange> => {
  throw new HubError("unsupported", url);
};
