import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { connectNode } from "./rpc.ts";

// A certificate for localhost that signs itself, as btcd makes one (genCertPair), good until 2119; its key guards nothing.
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0c8byEaONanF/kxj
Oyc2YJrIgCNMaL84YKd6L+ohoAChRANCAARyBrxO6tAcgKuG8fPDkGu3Dj45nOni
RQMy2J7qYGUoaE+3HEFDNE4JyRILBonh2vrpwUqHNal1r+3niuLqXbyt
-----END PRIVATE KEY-----
`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBhDCCASmgAwIBAgIBATAKBggqhkjOPQQDAjAiMSAwHgYDVQQKDBdidGNkIGF1
dG9nZW5lcmF0ZWQgY2VydDAgFw0yMDAxMDEwMDAwMDBaGA8yMTE5MDEwMTAwMDAw
MFowIjEgMB4GA1UECgwXYnRjZCBhdXRvZ2VuZXJhdGVkIGNlcnQwWTATBgcqhkjO
PQIBBggqhkjOPQMBBwNCAARyBrxO6tAcgKuG8fPDkGu3Dj45nOniRQMy2J7qYGUo
aE+3HEFDNE4JyRILBonh2vrpwUqHNal1r+3niuLqXbyto04wTDAaBgNVHREEEzAR
gglsb2NhbGhvc3SHBH8AAAEwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUH7y5
ubdYCQ1g7TvA7gjDIIIsZKswCgYIKoZIzj0EAwIDSQAwRgIhALD74F5FnnnU4Kvp
/bgqb2QdCvJmN4kAnOVUb+3vVnaMAiEAiW+LlPtryWWUBMg7p0M6Ek1wYXu0ZhPe
cBFUf/Yonfo=
-----END CERTIFICATE-----
`;

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

const startNode = async (): Promise<string> => {
  const server = createServer({ key: KEY, cert: CERTIFICATE }, async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const { id } = JSON.parse(text) as { id: string };
    response.setHeader("connection", "close"); // as btcd
    response.end(`{"result":"${"a".repeat(64)}","error":null,"id":"${id}"}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => server.close().closeAllConnections());
  return `https://localhost:${(server.address() as AddressInfo).port}`;
};

const connect = (url: string, ca?: string) => {
  const node = connectNode({ url, user: "u", password: "p", ...(ca && { ca }) });
  cleanups.push(node.close);
  return node;
};

test("a node with a certificate of its own is trusted if that very certificate is given", async () => {
  const node = connect(await startNode(), CERTIFICATE);
  for (let i = 0; i < 3; i++) expect(await node.bestBlockHash()).toBe("a".repeat(64));
});

test("and not otherwise: credentials are not sent to a stranger", async () => {
  await expect(connect(await startNode()).bestBlockHash()).rejects.toMatchObject({
    code: "node_unreachable",
    message: expect.stringContaining("SELF_SIGNED"),
  });
});
