import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { CommandError } from "./failure.ts";

/** Bits by which the group or all others read or write. */
const OF_OTHERS = 0o066;

/**
 * The text of a file that is its owner's alone; undefined where there is none. Throws CommandError, also where others of this machine can
 * read or change it: whatever is in it may be known to them by now.
 * @param what "keyring": how the error's code calls it
 */
export const readOwned = (path: string, what: string): string | undefined => {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new CommandError(`${what}_unreadable`, `${path} cannot be read (${code}).`);
  }
  try {
    // Of the file that is open: another one may come to stand under the name. Windows has no such bits: there the user's folder is its own.
    if (process.platform !== "win32" && (fstatSync(file).mode & OF_OTHERS) !== 0)
      throw new CommandError(
        `${what}_exposed`,
        `Others on this machine can read or change ${path}: make it yours alone with chmod 600 ${path}. If somebody else may have read it, make new keys.`,
      );
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
};
