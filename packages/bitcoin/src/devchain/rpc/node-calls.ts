import { hex } from "@scure/base";
import { INCREMENTAL_FEERATE, MIN_RELAY_FEERATE } from "../policy.ts";
import { addressToScript, scriptType, witnessProgram } from "../script.ts";
import { RPC, RpcError } from "./error.ts";
import { type Methods, withoutParams } from "./method.ts";
import { asInteger, asText } from "./params.ts";

/** The Bitcoin Core whose rules and answers these are: 28.0. */
const LIKE_CORE = 280_000;
const HIGHEST_CONF_TARGET = 1008;

export const nodeCalls: Methods = {
  getnetworkinfo: withoutParams(() => ({
    version: LIKE_CORE,
    subversion: "/Coinholder-devchain:0.1.0/",
    protocolversion: 70016,
    localservices: "0000000000000000",
    localservicesnames: [],
    localrelay: true,
    timeoffset: 0,
    networkactive: false,
    connections: 0,
    connections_in: 0,
    connections_out: 0,
    networks: [],
    relayfee: MIN_RELAY_FEERATE,
    incrementalfee: INCREMENTAL_FEERATE,
    localaddresses: [],
    warnings: [],
  })),
  getpeerinfo: withoutParams(() => []),
  getconnectioncount: withoutParams(() => 0),
  estimatesmartfee: {
    params: ["conf_target", "estimate_mode"],
    required: 1,
    run: (_dev, [target]) => {
      const blocks = asInteger(target);
      if (blocks < 1 || blocks > HIGHEST_CONF_TARGET)
        throw new RpcError(
          RPC.INVALID_PARAMETER,
          `Invalid conf_target, must be between 1 and ${HIGHEST_CONF_TARGET}`,
        );
      return { errors: ["Insufficient data or no feerate found"], blocks };
    },
  },
  validateaddress: {
    params: ["address"],
    required: 1,
    run: (_dev, [value]) => {
      const address = asText(value);
      const script = addressToScript(address);
      if (script === undefined)
        return {
          isvalid: false,
          error_locations: [],
          error: "Invalid or unsupported Segwit (Bech32) or Base58 encoding.",
        };
      const witness = witnessProgram(script);
      const type = scriptType(script);
      return {
        isvalid: true,
        address,
        scriptPubKey: hex.encode(script),
        isscript: ["scripthash", "witness_v0_scripthash", "witness_v1_taproot"].includes(type),
        iswitness: witness !== undefined,
        witness_version: witness?.version,
        witness_program: witness && hex.encode(witness.program),
      };
    },
  },
};
