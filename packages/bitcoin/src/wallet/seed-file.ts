import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes,
  type ScryptOptions,
  scrypt,
} from "node:crypto";
import { readFileSync } from "node:fs";
import { access, link, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { BitcoinError } from "../errors.ts";
import { isNetwork, type Network } from "../network.ts";
import { newPhrase, type Seed, seedFromPhrase } from "./seed.ts";

// The wallet file: JSON of what is public (`header`), the phrase encrypted by AES-256-GCM under a key that scrypt makes of the
// passphrase, and a checksum that tells a damaged file from a wrong passphrase. GCM authenticates the header too.

type Header = {
  format: "coinholder-wallet";
  version: 1;
  network: Network;
  kdf: { name: "scrypt"; n: number; r: number; p: number; salt: string };
  cipher: { name: "aes-256-gcm"; nonce: string };
};
type WalletFile = { header: Header; ciphertext: string; tag: string; checksum: string };

/** 128 MiB and about 0.4 s for each try of a passphrase. */
const SCRYPT = { n: 2 ** 17, r: 8, p: 1 };
/** 1 MiB and a few milliseconds, where nobody has to try any. */
const LEAST_SCRYPT = { n: 2 ** 10, r: 8, p: 1 };

const damaged = (path: string, cause?: unknown): BitcoinError =>
  new BitcoinError("wallet_file_damaged", `The wallet file ${path} is damaged or is no wallet file`, {
    cause,
  });

const deriveKey = (passphrase: string, { n, r, p, salt }: Header["kdf"]): Promise<Buffer> => {
  // The same passphrase typed on another keyboard may arrive composed differently.
  const password = Buffer.from(passphrase.normalize("NFKC"));
  const options: ScryptOptions = { N: n, r, p, maxmem: 256 * n * r };
  return new Promise((resolve, reject) => {
    scrypt(password, Buffer.from(salt, "base64"), 32, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
};

const checksumOf = ({ header, ciphertext, tag }: Omit<WalletFile, "checksum">): string =>
  createHash("sha256")
    .update(JSON.stringify([header, ciphertext, tag]))
    .digest("base64");

const encrypt = async (
  phrase: string,
  passphrase: string,
  network: Network,
  cost: typeof SCRYPT,
): Promise<WalletFile> => {
  const nonce = randomBytes(12);
  const header: Header = {
    format: "coinholder-wallet",
    version: 1,
    network,
    kdf: { name: "scrypt", ...cost, salt: randomBytes(32).toString("base64") },
    cipher: { name: "aes-256-gcm", nonce: nonce.toString("base64") },
  };
  const cipher = createCipheriv("aes-256-gcm", await deriveKey(passphrase, header.kdf), nonce);
  cipher.setAAD(Buffer.from(JSON.stringify(header)));
  const ciphertext = Buffer.concat([cipher.update(phrase, "utf8"), cipher.final()]).toString("base64");
  const sealed = { header, ciphertext, tag: cipher.getAuthTag().toString("base64") };
  return { ...sealed, checksum: checksumOf(sealed) };
};

const parse = (text: string, path: string): WalletFile => {
  try {
    const file = JSON.parse(text) as WalletFile;
    const { format, version, network, kdf, cipher } = file.header;
    const known = format === "coinholder-wallet" && version === 1 && isNetwork(network);
    // Bounded: opening a file may not take all the machine's memory.
    const bounded = kdf.name === "scrypt" && kdf.n <= 2 ** 20 && kdf.r <= 16 && kdf.p <= 4;
    if (known && bounded && cipher.name === "aes-256-gcm" && checksumOf(file) === file.checksum) return file;
  } catch {
    // not our JSON: below
  }
  throw damaged(path);
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const alreadyThere = (path: string): BitcoinError =>
  new BitcoinError(
    "wallet_file_exists",
    `There is a wallet file at ${path} already; it is never overwritten`,
  );

/** Gives the temporary file its name, unless something has that name. */
const putInPlace = async (temporary: string, path: string): Promise<void> => {
  try {
    await link(temporary, path);
    await unlink(temporary);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" || (await exists(path))) throw alreadyThere(path);
    await rename(temporary, path); // a file system without hard links
  }
};

const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === "win32") return; // cannot open folders
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
};

const writeNewFile = async (path: string, text: string): Promise<void> => {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await putInPlace(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(path));
};

/**
 * Makes a wallet file with a new phrase of 24 words, or with the one given, readable by its owner alone. The file is on the
 * disk when this resolves. Rejects with BitcoinError `wallet_file_exists`, `empty_passphrase`, `invalid_phrase`.
 * @param options.liesBeside the passphrase is kept in clear beside the file, so that making each try of one slow guards nothing
 */
export const createSeedFile = async (
  path: string,
  options: { passphrase: string; network: Network; phrase?: string; liesBeside?: boolean },
): Promise<Seed> => {
  if (options.passphrase === "")
    throw new BitcoinError("empty_passphrase", "A wallet file needs a passphrase");
  const seed = seedFromPhrase(options.phrase ?? newPhrase(), options.network);
  if (await exists(path)) throw alreadyThere(path);
  const cost = options.liesBeside ? LEAST_SCRYPT : SCRYPT;
  const file = await encrypt(seed.revealPhrase(), options.passphrase, options.network, cost);
  await writeNewFile(path, `${JSON.stringify(file, undefined, 2)}\n`);
  return seed;
};

/** At once: the key of it takes long enough, and is made beside whatever its caller does next. */
const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new BitcoinError("wallet_file_missing", `The wallet file ${path} cannot be read`, { cause });
  }
};

/**
 * Opens a wallet file: about 0.4 s and 128 MiB, unless its passphrase lies beside it. Rejects with BitcoinError
 * `wallet_file_missing`, `wallet_file_damaged`, `wrong_passphrase` (also for a header changed by hand: the network cannot be).
 */
export const openSeedFile = async (path: string, passphrase: string): Promise<Seed> => {
  const { header, ciphertext, tag } = parse(textOf(path), path);
  const key = await deriveKey(passphrase, header.kdf).catch((cause) => {
    throw damaged(path, cause);
  });
  let phrase: string;
  try {
    const nonce = Buffer.from(header.cipher.nonce, "base64");
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 });
    decipher.setAAD(Buffer.from(JSON.stringify(header)));
    decipher.setAuthTag(Buffer.from(tag, "base64"));
    phrase = Buffer.concat([decipher.update(ciphertext, "base64"), decipher.final()]).toString("utf8");
  } catch {
    throw new BitcoinError("wrong_passphrase", `The passphrase does not open the wallet file ${path}`);
  }
  return seedFromPhrase(phrase, header.network);
};
