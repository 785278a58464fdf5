/**
 * What can go wrong at the Bitcoin edge, by a stable code:
 *
 * - `node_unreachable`: no usable answer (refused, reset, timed out, still starting, too busy). Try again later.
 * - `node_error`: the node answered, with an error or with something that is no answer. `rpcCode`, `httpStatus` tell more.
 * - `wrong_network`: the node is on another network than the wallet.
 * - `wrong_block`: a block that is not the one asked for, or whose transactions do not belong to its header.
 * - `malformed_block`, `malformed_transaction`: bytes that cannot be read.
 * - `node_behind`: the node has not reached the blocks that we know (or is on another, shorter chain): wait, or look at it.
 * - `reorganisation_too_deep`: the node's chain shares none of the headers we know.
 * - `chain_moved`: the node switched to another chain while a stretch of it was read: begin anew.
 * - `node_url_invalid`: not an address of a node that can be used. The text never holds the password.
 * - `wrong_passphrase`, `empty_passphrase`, `invalid_phrase`: of the wallet file.
 * - `wallet_file_exists`, `wallet_file_missing`, `wallet_file_damaged`: a wallet file is never overwritten.
 * - `signer_log_damaged`, `signer_log_missing`: the signer's memory was changed by something else, or is gone.
 * - `descriptor_invalid`: no output script descriptor that can be used. The text never holds it.
 */
export type BitcoinErrorCode =
  | "node_unreachable"
  | "node_error"
  | "wrong_network"
  | "wrong_block"
  | "malformed_block"
  | "malformed_transaction"
  | "node_behind"
  | "reorganisation_too_deep"
  | "chain_moved"
  | "node_url_invalid"
  | "wrong_passphrase"
  | "empty_passphrase"
  | "invalid_phrase"
  | "wallet_file_exists"
  | "wallet_file_missing"
  | "wallet_file_damaged"
  | "signer_log_damaged"
  | "signer_log_missing"
  | "descriptor_invalid";

type Particulars = { rpcCode?: number; httpStatus?: number; cause?: unknown };

export class BitcoinError extends Error {
  readonly code: BitcoinErrorCode;
  /** The `code` of the node's JSON-RPC error. */
  readonly rpcCode: number | undefined;
  readonly httpStatus: number | undefined;

  constructor(code: BitcoinErrorCode, message: string, particulars: Particulars = {}) {
    super(message, particulars.cause === undefined ? {} : { cause: particulars.cause });
    this.name = "BitcoinError";
    this.code = code;
    this.rpcCode = particulars.rpcCode;
    this.httpStatus = particulars.httpStatus;
  }
}

export const isBitcoinError = (error: unknown, code?: BitcoinErrorCode): error is BitcoinError =>
  error instanceof BitcoinError && (code === undefined || error.code === code);
