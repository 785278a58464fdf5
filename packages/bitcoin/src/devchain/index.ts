export { closeDevchain, type Devchain, openDevchain } from "./devchain.ts";
export { premine } from "./faucet.ts";
export { answer as answerRpc, type RpcServer, rpcServer } from "./rpc/answer.ts";
export { type RunningDevchain, startDevchain } from "./start.ts";
