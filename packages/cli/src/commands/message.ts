import { signMessage, type Verdict, verifyMessage } from "@coinholder/protocol";
import type { Command } from "commander";
import { readPrivateKey } from "../private-key.ts";
import { readInput } from "../read-input.ts";
import type { Globals } from "../settings.ts";
import { clean, green, red, yellow } from "../terminal.ts";

/** Exit codes of `message verify`, also when it cannot judge. */
const VERDICT_EXIT = { valid: 0, invalid: 1, inconclusive: 2 } as const;

const EXAMPLES = `
Signs and verifies messages by BIP-322, for addresses of any network. The message is standard input, byte by byte:
a line feed at its end belongs to it (printf adds none, echo does).

verify exits 0 when the signature is valid, 1 when it is invalid, 2 when nobody can tell (a script of several keys,
a proof of funds) or the verification could not be done.

Examples:
  printf 'Hello World' | COINHOLDER_PRIVATE_KEY=L3VF... coinholder message sign bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l
  printf 'Hello World' | coinholder message verify bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l smpAkcw...`;

const inWords = (verdict: Verdict): string => {
  if (verdict.result === "valid")
    return verdict.validAt === undefined
      ? green("valid")
      : `${green("valid")} at lock time ${verdict.validAt.lockTime} and sequence ${verdict.validAt.sequence}`;
  const colour = verdict.result === "invalid" ? red : yellow;
  return `${colour(verdict.result)} (${verdict.reason})`;
};

export const addMessage = (program: Command): void => {
  const message = program.command("message").addHelpText("after", EXAMPLES);

  message
    .command("sign")
    .description("sign standard input with the private key of an address")
    .argument("<address>", "of the key: p2wpkh, p2tr, p2pkh, or p2wpkh in p2sh")
    .option("--key-file <file>", "holds the private key, WIF or hex; else COINHOLDER_PRIVATE_KEY does")
    .action(async (address: string, { keyFile }: { keyFile?: string }, command: Command) => {
      const { json } = command.optsWithGlobals<Globals>();
      const key = readPrivateKey(keyFile);
      const signature = signMessage(key, address, await readInput());
      console.log(json ? JSON.stringify({ address, signature }) : signature);
    });

  message
    .command("verify")
    .description("verify a signature of standard input; exits 0 valid, 1 invalid, 2 inconclusive")
    .argument("<address>", "whose signature it should be")
    .argument("<signature>", "as the signer gave it")
    .action(async (address: string, signature: string, _options: unknown, command: Command) => {
      const { json } = command.optsWithGlobals<Globals>();
      // Whatever fails before there is a verdict must not look like «invalid».
      process.exitCode = VERDICT_EXIT.inconclusive;
      let input: Uint8Array;
      try {
        input = await readInput();
      } catch (error) {
        console.error(`error: standard input cannot be read: ${clean(String(error))}`);
        return;
      }
      const verdict = verifyMessage(address, input, signature);
      console.log(json ? JSON.stringify(verdict) : inWords(verdict));
      process.exitCode = VERDICT_EXIT[verdict.result];
    });
};
