import { openByteTable } from "./byte-table.ts";
import { openPackedBytes } from "./packed.ts";

/** Output scripts that pay us, and the address of each. A million of them take about 120 MB. */
export type ScriptSet = {
  readonly size: number;
  /** Any script, and its address in plain ASCII; a script that is in it already keeps its first one. */
  readonly add: (script: Uint8Array, address: string) => void;
  /** The address of the script that is `bytes` from `start` up to `end`, if it is in the set. */
  readonly addressOf: (bytes: Uint8Array, start: number, end: number) => string | undefined;
};

/** MAX_SCRIPT_SIZE in script/script.h of Bitcoin Core: a longer one cannot be spent. */
const LONGEST_SCRIPT = 10_000;

export const openScriptSet = (): ScriptSet => {
  const scripts = openByteTable();
  const addresses = openPackedBytes();
  /** How many scripts have this length: many of strangers are told apart by it. */
  const withLength = new Uint32Array(LONGEST_SCRIPT + 1);
  return {
    get size() {
      return scripts.size;
    },
    add: (script, address) => {
      const { length } = script;
      if (length === 0 || length > LONGEST_SCRIPT) throw new RangeError("not a script of an address");
      if (!scripts.add(script, 0, length)) return;
      withLength[length]!++;
      addresses.pushText(address);
    },
    addressOf: (bytes, start, end) => {
      const length = end - start;
      if (length > LONGEST_SCRIPT || withLength[length] === 0) return undefined;
      const entry = scripts.find(bytes, start, end);
      return entry < 0 ? undefined : addresses.text(entry);
    },
  };
};
