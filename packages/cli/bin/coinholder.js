#!/usr/bin/env node
import { existsSync } from "node:fs";

const program = new URL("../dist/index.js", import.meta.url);
if (!existsSync(program)) {
  console.error("coinholder is not built yet. In the project's folder run: npm ci && npm run build");
  process.exit(1);
}
await import(program.href);
