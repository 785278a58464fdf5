import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { killCase, program } from "./suite/kill.ts";
import { filled, folderPlace } from "./testing/place.ts";

killCase(folderPlace);

describe.skipIf(process.platform === "win32")("no more room", () => {
  test("is told, and what was stored stays sound", async () => {
    const place = await folderPlace();
    // A file may grow to 1 MB (the limit is in blocks of 512 bytes): writing beyond fails as on a full disk.
    const limited = ["-c", 'ulimit -f 2000; exec "$0" "$@"', process.execPath, program, place.address];
    const child = spawn("sh", limited, { stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    child.stdout.on("data", (text) => {
      printed += text;
    });
    const [code] = await once(child, "close");
    expect(code).toBe(3);
    expect(printed).toMatch(/\nhistory_unavailable\n$/);
    const history = await place.open();
    const { position } = history;
    expect(history.rebuilt).toBeUndefined();
    expect(position).toBeGreaterThan(0);
    await history.close();
    expect(await place.content()).toEqual(await (await filled(folderPlace, position)).content());
  });
});
