import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { filled, followSteps, type MakePlace, stepsTo } from "../testing/place.ts";

/** Follows into the place named by its argument, and prints what it reached. */
export const program = fileURLToPath(new URL("../testing/follower.js", import.meta.url));

export function killCase(makePlace: MakePlace): void {
  describe("kill -9", () => {
    test("and following again from the start gives what one run gives, three times in a row", async () => {
      const place = await makePlace();
      let position = 0;
      for (let round = 1; round <= 3; round++) {
        const child = spawn(process.execPath, [program, place.address], {
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
      expect(await place.content()).toEqual(await (await filled(makePlace, position + 50)).content());
    });
  });
}
