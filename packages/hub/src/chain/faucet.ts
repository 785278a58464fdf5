/** Pays so much to an address and makes a block of it. Answers the transaction's id; rejects when the chain does not do it. */
export type Faucet = (address: string, btc: string) => Promise<string>;

/** The development chain's own, by its JSON-RPC: no other chain has one. */
export const devchainFaucet = (url: string, user: string, password: string): Faucet => {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const call = async (method: string, ...params: unknown[]): Promise<unknown> => {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  return async (address, btc) => {
    const txid = await call("devchain_fund", address, btc);
    await call("devchain_mine", 1);
    return String(txid);
  };
};
