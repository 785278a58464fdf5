import { randomBytes } from "node:crypto";
import { signMessage } from "@coinholder/protocol";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import * as btc from "@scure/btc-signer";
