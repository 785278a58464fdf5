import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

/** A server whose disk has room for a few megabytes of groups, and more when it is given more. */
export type SmallDisk = { readonly server: PostgresServer; makeRoom(): Promise<void>; end(): Promise<void> };

const MB = 1024 * 1024;
// The server's own files take 40 MB; its log is kept short.
const SETTINGS = ["min_wal_size=2MB", "max_wal_size=8MB"];
const INIT = ["--wal-segsize=1"];

/** A file system of its own where this user may make one; else no file may grow beyond a limit. */
export async function startOnSmallDisk(): Promise<SmallDisk> {
  const folder = mkdtempSync(join(tmpdir(), "small-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=72m", "none", folder]).status === 0;
  const release = (): void => {
    if (mounted) execFileSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const place = mounted ? { folder, settings: SETTINGS, init: INIT } : { settings: SETTINGS, init: INIT };
    const server = await startPostgres(place);
    const restart = async (limits: { fileBytes?: number }): Promise<void> => {
      await server.kill();
      await server.start(limits);
    };
    if (!mounted) await restart({ fileBytes: 4 * MB });
    return {
      server,
      async makeRoom() {
        if (mounted) execFileSync("mount", ["-o", "remount,size=300m", folder]);
        await restart({});
      },
      async end() {
        await server.end();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
