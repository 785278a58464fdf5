import { spawn } from "node:child_process";

// node guard.js PROGRAM ARGUMENTS...: runs the program, and kills it when whoever started this is gone, however it went.
// On standard input: "stop" asks the program to end, "kill" ends it at once, and so does the input's end.

const [program, ...args] = process.argv.slice(2) as [string, ...string[]];
const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });
child.on("error", (error) => {
  console.error(error.message);
  process.exit(127);
});
child.on("exit", (code) => process.exit(code ?? 137));

// What the terminal sends to the whole group is the starter's to handle: its end is ours.
process.on("SIGINT", () => {});
process.stdin
  .setEncoding("utf8")
  .on("data", (text) => child.kill(String(text).includes("kill") ? "SIGKILL" : "SIGTERM"))
  .on("end", () => child.kill("SIGKILL"))
  .on("error", () => child.kill("SIGKILL"));
