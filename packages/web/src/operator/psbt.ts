const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const textOf = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** What every PSBT begins with: "psbt" and 0xff (BIP-174). */
const MAGIC = [0x70, 0x73, 0x62, 0x74, 0xff];

const isPsbt = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);

/** A pasted or chosen PSBT, as text or as the file's bytes, in base64; undefined where it is none. */
export const readPsbt = (given: string | Uint8Array): string | undefined => {
  if (typeof given !== "string") {
    if (isPsbt(given)) return textOf(given);
    return readPsbt(new TextDecoder().decode(given));
  }
  const text = given.replace(/\s/g, "");
  try {
    return isPsbt(bytesOf(text)) ? text : undefined;
  } catch {
    return undefined;
  }
};

/** Gives a PSBT to the person as the file that wallets take. */
export const savePsbt = (psbt: string, name: string): void => {
  const url = URL.createObjectURL(new Blob([bytesOf(psbt)], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};
