import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { connect } from "./index.ts";

// Made for this test alone, for 127.0.0.1, by nobody whom anyone trusts.
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgfDsymC8C0rGNvckU
sDcIbwhfEK3RCXpjfaT2bcBn4s+hRANCAATbgXMiOPCwhRisf+lTuD/pq9P+9pWx
Fxj+ePI+UUgv7NNxzRKR2Ns3WoHR+UGsnuwfusJ8OAQ12PY8/aV8gHb4
-----END PRIVATE KEY-----
`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBjzCCATagAwIBAgIUWlgKe0tDkq0ECZidXrEFE9r/4DYwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE0MzAzMloYDzIxMjYxMDI5
MTQzMDMyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATbgXMiOPCwhRisf+lTuD/pq9P+9pWxFxj+ePI+UUgv7NNxzRKR2Ns3
WoHR+UGsnuwfusJ8OAQ12PY8/aV8gHb4o2QwYjAdBgNVHQ4EFgQUL1h4UiajD3CL
ljXFhHjgSAZhPNgwHwYDVR0jBBgwFoAUL1h4UiajD3CLljXFhHjgSAZhPNgwDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0cAMEQC
IBI2ZJBJkh68s/ZQxYt+lARxe1WxJ8a5lHbuxz+akalMAiBtD+jzRwWeBP5vcfXn
OfX4/VGQa+cuPyc81lJeSXeISA==
-----END CERTIFICATE-----
`;

test("a certificate that is not trusted: known to be without effect, and how to trust it", async () => {
  let asked = 0;
  const server = createServer({ key, cert }, (_request, response) => {
    asked++;
    response.end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const call = connect(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await expect(call).rejects.toMatchObject({
    name: "HubError",
    code: "certificate_refused",
    unknown: false,
    status: 0,
    message: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
  expect(asked).toBe(0);
  server.close();
});
