import { paths } from "../app/paths.ts";
import type { Scene } from "../testing/scenes.ts";
import { t } from "../texts/index.ts";

export const proofScenes: readonly Scene[] = [
  {
    name: "proof",
    path: paths.proof,
    as: "owner",
    before: async (page, { hub }) => {
      await hub.operator.call("operator-publish-proof");
      await page.reload();
      await page.getByRole("heading", { name: t.proof.counted }).waitFor();
    },
  },
  {
    name: "proof-other-root",
    path: paths.proof,
    as: "owner",
    before: async (page) => {
      await page.getByLabel(t.proof.elsewhere).fill("f".repeat(64));
      await page.getByRole("button", { name: t.proof.compare }).click();
      await page.getByText(t.proof.problems.root_differs.title).waitFor();
    },
  },
];
