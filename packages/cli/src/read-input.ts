/** Standard input to its end, byte by byte. */
export const readInput = async (): Promise<Uint8Array> => {
  if (process.stdin.isTTY) console.error("Type it; Ctrl-D at the beginning of a line ends it.");
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Uint8Array.from(Buffer.concat(parts));
};
