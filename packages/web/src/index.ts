import { fileURLToPath } from "node:url";

/** The folder of the built page, for whoever serves it. */
export const siteFolder = fileURLToPath(new URL("../site/", import.meta.url));
