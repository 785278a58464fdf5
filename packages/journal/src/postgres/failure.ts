import postgres from "postgres";
import type { Address } from "./address.ts";

/** What a statement ended with. It holds nothing of the statement or its values, nor of the address but what may be shown. */
export class Failure extends Error {
  override readonly name = "Failure";
  /** SQLSTATE of the server, or the code of a connection's error. */
  readonly code: string;
  /** Whether it may work on a new connection: then it is not known whether this one carried the statement out. */
  readonly isLost: boolean;

  constructor(code: string, message: string, isLost: boolean) {
    super(message);
    this.code = code;
    this.isLost = isLost;
  }
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html
export const UNIQUE_VIOLATION = "23505";
export const UNDEFINED_TABLE = "42P01";
export const UNDEFINED_COLUMN = "42703";
export const DUPLICATE_TABLE = "42P07";
/** Also of two who create a table at the same time: the row type of the other's is there before its table is seen. */
export const DUPLICATE_OBJECT = "42710";

/**
 * The server ends, starts, is a stand-by that does not take writes yet, has no room for one more connection, or asks to try
 * again (serialization_failure, statement_completion_unknown, deadlock_detected).
 */
const PASSING = ["57P01", "57P02", "57P03", "57P05", "25006", "25P03", "53300", "40001", "40003", "40P01"];

export function toFailure(error: unknown, { shown }: Address): Failure {
  const { code = "", message = String(error) } = error as { code?: string; message?: string };
  if (error instanceof postgres.PostgresError) {
    const isLost = PASSING.includes(code) || code.startsWith("08");
    return new Failure(code, `PostgreSQL at ${shown}: ${message} (${code})`, isLost);
  }
  const plain = message === "" ? code : message;
  const what = plain.includes("before secure TLS")
    ? `${plain} (if it has no TLS, say sslmode=disable)`
    : plain;
  return new Failure(code, `no connection to PostgreSQL at ${shown}: ${what}`, isConnectionError(code));
}

/** Those of sockets and of the driver; a certificate that does not fit stays as it is, and so does a bug. */
const isConnectionError = (code: string): boolean =>
  /^(?:CONNECTION_\w+|CONNECT_TIMEOUT|E[A-Z_]+)$/.test(code) && !code.startsWith("ERR_");

export const hasCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Failure && codes.includes(error.code);

export const isLost = (error: unknown): boolean => error instanceof Failure && error.isLost;
