import { createHash, createHmac } from "node:crypto";
import { openWallet, type Seed } from "@coinholder/bitcoin";
import { secp256k1 } from "@noble/curves/secp256k1.js";

/** What must be in no file and no line, and how it would look there. */
export interface Secret {
  readonly name: string;
  /** As bytes, or as text in whatever case. */
  readonly forms: readonly (Buffer | string)[];
}

type Node = { path: string; key: Buffer; chainCode: Buffer };

const HARDENED = 2 ** 31;
const ORDER = secp256k1.Point.Fn.ORDER;

const hmac512 = (key: string | Buffer, ...parts: Uint8Array[]): [Buffer, Buffer] => {
  const hash = createHmac("sha512", key).update(Buffer.concat(parts)).digest();
  return [hash.subarray(0, 32), hash.subarray(32)];
};

/** BIP-32, private parent to private child, written anew: the wallet's own code does not show what it derives on the way. */
const child = ({ path, key, chainCode }: Node, index: number): Node => {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(index);
  const parent =
    index >= HARDENED ? Buffer.concat([Buffer.alloc(1), key]) : secp256k1.getPublicKey(key, true);
  const [left, right] = hmac512(chainCode, parent, number);
  const sum = (BigInt(`0x${left.toString("hex")}`) + BigInt(`0x${key.toString("hex")}`)) % ORDER;
  const name = index >= HARDENED ? `${index - HARDENED}'` : `${index}`;
  return {
    path: `${path}/${name}`,
    key: Buffer.from(sum.toString(16).padStart(64, "0"), "hex"),
    chainCode: right,
  };
};

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

const base58 = (bytes: Buffer): string => {
  let text = "";
  for (let rest = BigInt(`0x${bytes.toString("hex")}`); rest > 0n; rest /= 58n)
    text = ALPHABET[Number(rest % 58n)] + text;
  return text;
};

const sha256 = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();

/** Wallet import format: of regtest and of mainnet, for a compressed public key and for one that is not. */
const wifs = (key: Buffer): string[] =>
  [0xef, 0x80].flatMap((version) =>
    [Buffer.of(1), Buffer.alloc(0)].map((suffix) => {
      const payload = Buffer.concat([Buffer.of(version), key, suffix]);
      return base58(Buffer.concat([payload, sha256(sha256(payload)).subarray(0, 4)]));
    }),
  );

const inAllForms = (name: string, bytes: Buffer): Secret => ({
  name,
  forms: [
    bytes,
    bytes.toString("hex"),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
    [...bytes].join(","),
    [...bytes].join(", "),
  ],
});

/** Keys of so many addresses of each kind are looked for. */
const INDEXES = 10;
const COIN = 1;
const OWN_PURPOSE = 8322;

/** All that the phrase leads to, on the paths that the wallet goes on a test network. */
export const secretsOf = (seed: Seed, passphrase: string): Secret[] => {
  const seedBytes = seed.withSeedBytes((bytes) => Buffer.from(bytes));
  const [key, chainCode] = hmac512("Bitcoin seed", seedBytes);
  const master: Node = { path: "m", key, chainCode };
  const nodes: Node[] = [master];
  const wallet = openWallet(seed);
  const step = (from: Node, index: number): Node => {
    const to = child(from, index);
    nodes.push(to);
    return to;
  };
  for (const [type, purpose] of [
    ["p2wpkh", 84],
    ["p2tr", 86],
  ] as const) {
    const account = step(step(step(master, HARDENED + purpose), HARDENED + COIN), HARDENED);
    for (const branch of [0, 1]) {
      const at = step(account, branch);
      for (let index = 0; index < INDEXES; index++) {
        const leaf = step(at, index);
        wallet.withPrivateKey(branch === 0 ? "receive" : "change", index, type, (own) => {
          if (!leaf.key.equals(own)) throw new Error(`${leaf.path} is not the wallet's key`);
        });
      }
    }
  }
  const own = step(step(master, HARDENED + OWN_PURPOSE), HARDENED + COIN);
  for (let account = 0; account < 3; account++) step(own, HARDENED + account);
  const words = seed.revealPhrase().split(" ");
  return [
    ...words.slice(3).map((_, i) => {
      const four = words.slice(i, i + 4);
      return { name: `words ${i + 1} to ${i + 4} of the phrase`, forms: [four.join(" "), four.join('","')] };
    }),
    inAllForms("the seed", seedBytes),
    { name: "the wallet's passphrase", forms: [passphrase, Buffer.from(passphrase).toString("base64")] },
    ...nodes.flatMap((node) => [
      inAllForms(`the private key at ${node.path}`, node.key),
      { name: `the private key at ${node.path} as WIF`, forms: wifs(node.key) },
      inAllForms(`the chain code at ${node.path}`, node.chainCode),
    ]),
  ];
};

/** Any extended private key at all (BIP-32, SLIP-132): xprv, tprv, zprv and so on. */
const EXTENDED = /[a-z]prv[1-9A-HJ-NP-Za-km-z]{80,}/i;

/** Names what of it stands in these bytes. */
export const findSecrets = (secrets: readonly Secret[], bytes: Buffer): string[] => {
  const text = bytes.toString("latin1").toLowerCase();
  const isIn = (form: Buffer | string): boolean =>
    typeof form === "string" ? text.includes(form.toLowerCase()) : bytes.includes(form);
  const found = secrets.filter(({ forms }) => forms.some(isIn)).map(({ name }) => name);
  if (EXTENDED.test(text)) found.push("an extended private key");
  return found;
};
