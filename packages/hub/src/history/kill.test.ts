import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { content, filled, followSteps, stepsTo, temporaryPlace } from "./testing/place.ts";

const program = fileURLToPath(new URL("./testing/follower.js", import.meta.url));

describe("kill -9", () => {
  test("and following again from the start gives what one run gives, three times in a row", async () => {
    const place = await temporaryPlace();
    let position = 0;
    for (let round = 1; round <= 3; round++) {
      const child = spawn(process.execPath, [program, place.folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let printed = "";
      child.stdout.setEncoding("latin1").on("data", (text: string) => {
        printed += text;
        if (printed.split("\n").length > 1 + round) child.kill("SIGKILL");
      });
      const [, signal] = await once(child, "close");
      expect(signal).toBe("SIGKILL");
      const history = await place.open();
      expect(history.rebuilt).toBeUndefined();
      expect(history.position).toBeGreaterThanOrEqual(Number(printed.split("\n").at(-2)));
      expect(history.position).toBeGreaterThan(position);
      position = history.position;
      await history.close();
    }
    const history = await place.open();
    await followSteps(history, stepsTo(position + 50));
    await history.close();
    expect(content(place.folder)).toEqual(content((await filled(position + 50)).folder));
  });
});

describe.skipIf(process.platform === "win32")("no more room", () => {
  test("is told, and what was stored stays sound", async () => {
    const place = await temporaryPlace();
    // A file may grow to 1 MB (the limit is in blocks of 512 bytes): writing beyond fails as on a full disk.
    const limited = ["-c", 'ulimit -f 2000; exec "$0" "$@"', process.execPath, program, place.folder];
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
    expect(content(place.folder)).toEqual(content((await filled(position)).folder));
  });
});
