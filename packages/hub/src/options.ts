/** What `coinholder start` is told. Everything else about a hub stands in its configuration file. */
export interface HubOptions {
  /** TCP port of the HTTP API; 0 takes a free one. */
  readonly port: number;
  /** Address to listen on. Loopback unless told otherwise. */
  readonly host: string;
  /** Folder of the journal, the wallet and the operator's authkey. Made if missing, readable by its owner only. */
  readonly data: string;
  /** URL of a PostgreSQL database for journal and history; else they are in the data folder. */
  readonly store?: string | undefined;
  /** Port of the embedded development chain, where it is the node; 0 takes a free one. */
  readonly devchainPort: number;
  /** A Bitcoin node's RPC: http://user:password@host:port, or without them and with `bitcoinCookie`. Else the embedded chain. */
  readonly bitcoinRpc?: string | undefined;
  /** The node's cookie file. */
  readonly bitcoinCookie?: string | undefined;
  /** Certificate (PEM) of a node that speaks https with one of its own. */
  readonly bitcoinCert?: string | undefined;
  /** Blocks from this height on are looked through again for what the journal does not know of. */
  readonly rescanFrom?: number | undefined;
  /** Port on loopback where Prometheus finds the hub's figures. */
  readonly metricsPort?: number | undefined;
  /** How the world reaches this hub, without a slash at the end; http://host:port unless told. */
  readonly publicUrl?: string | undefined;
  /** PEM files; with both the hub speaks https. */
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  /** Addresses or networks of proxies whose X-Forwarded-For is believed, joined by commas. */
  readonly trustProxy?: string | undefined;
  /** Processes that read requests and check signatures; 0: the hub's own process does it. */
  readonly httpWorkers?: number | undefined;
  /** Whether the API of Mt Gox of 2011 is answered, too, under /code: see mtgox/. */
  readonly mtgox?: boolean | undefined;
  /** Configuration file (JSON), see config-file.ts. */
  readonly config?: string | undefined;
  /** Public URLs of hubs to tell of invoices, beside those of the configuration file. */
  readonly peer?: readonly string[] | undefined;
  /** `silent`, `warn` or `info`: log lines as JSON on standard error. */
  readonly logLevel?: string | undefined;
}

export const DEFAULT_OPTIONS: HubOptions = {
  port: 8420,
  host: "127.0.0.1",
  data: "./data",
  devchainPort: 18443,
};
