import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AccountEventMessage } from "@coinholder/protocol";
import { Webhook } from "standardwebhooks";
import { type Key, must, until } from "../testing/harness.ts";

export interface Got {
  readonly id: string;
  readonly headers: Record<string, string>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every kind
  readonly message: AccountEventMessage & { readonly data: any };
}

/** Somebody's server that takes posts. */
export interface Receiver {
  readonly url: string;
  readonly got: readonly Got[];
  /** What it answers from now on; undefined: nothing, ever. */
  answer: number | undefined;
  /** Waits until so many posts came. */
  readonly posts: (count: number) => Promise<readonly Got[]>;
  readonly close: () => void;
}

export const startReceiver = async (answer: number | undefined = 204): Promise<Receiver> => {
  const got: Got[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    const headers = request.headers as Record<string, string>;
    got.push({ id: headers["webhook-id"]!, headers, text, message: JSON.parse(text) });
    if (receiver.answer !== undefined) response.writeHead(receiver.answer).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    answer,
    posts: (count) =>
      until(
        async () => got,
        () => got.length >= count,
        60_000,
      ),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
};

/** What any receiver does: throws unless the post is one by the secret. */
export const verified = (secret: string, { text, headers }: Got): unknown =>
  new Webhook(secret).verify(text, headers);

export const addWebhook = (url: string, to: string, events: readonly string[], key: Key) =>
  must(url, "add-webhook", { url: to, events: JSON.stringify(events) }, key);

let credits = 0;
/** Something that happens to an account: a transfer, and a change of its balances. */
export const credit = async (
  { url, operator }: { readonly url: string; readonly operator: Key },
  { account }: Key,
  amount = "1.00",
): Promise<void> => {
  const params = { to_account: account!, currency: "USD", amount, reference: `wire ${++credits}` };
  await must(url, "operator-credit", params, operator);
};
