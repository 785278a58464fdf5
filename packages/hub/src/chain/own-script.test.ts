import { ADDRESS_TYPES } from "@coinholder/bitcoin";
import { addressOfScript, decodeAddress } from "@coinholder/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { scriptOfOwn } from "./own-script.ts";

const PROGRAM_BYTES = { p2wpkh: 20, p2tr: 32 };
const OPCODES = { p2wpkh: 0x00, p2tr: 0x51 };

test("the script of an address of ours is the one that decoding it gives, of every type and network", () => {
  const script = fc.constantFrom(...ADDRESS_TYPES).chain((type) => {
    const length = PROGRAM_BYTES[type];
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((program) => Uint8Array.of(OPCODES[type], length, ...program));
  });
  const network = fc.constantFrom("mainnet", "testnet", "regtest");
  fc.assert(
    fc.property(script, network, (bytes, name) => {
      const address = addressOfScript(bytes, name)!;
      expect(decodeAddress(address)).toMatchObject({ script: bytes });
      expect(scriptOfOwn(address)).toEqual(bytes);
    }),
  );
});

test.each(["", "1", "bcrt1", "bcrt1q", "bcrt1qqqqqqq"])(
  "what is too short to be an address is no script: %j",
  (text) => {
    expect(() => scriptOfOwn(text)).toThrow("no address");
  },
);
