import { closeDevchain, openDevchain } from "../devchain/devchain.ts";
import { createRpcHttpServer } from "../devchain/http.ts";
import { answer, rpcServer } from "../devchain/rpc/answer.ts";

// node devchain-process.js FOLDER PORT USER PASSWORD: the development chain without the blocks that it begins with, so that it
// can be given those of another, as a node that syncs from its peers.

const [folder, port, user, password] = process.argv.slice(2) as [string, string, string, string];
const dev = openDevchain(folder, Date.now);
const rpc = rpcServer(dev);
const server = createRpcHttpServer(user, password, (body) => answer(rpc, body));
server.listen(Number(port), "127.0.0.1");
process.on("SIGTERM", () => {
  server.close(() => {
    closeDevchain(dev);
    process.exit(0);
  });
  server.closeAllConnections();
});
