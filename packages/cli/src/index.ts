const words = process.argv.slice(2);

if (words[0] === "__complete") {
  // Asked at every press of the tab key: nothing is loaded that it does not need.
  const { completionLines } = await import("./completion/candidates.ts");
  const lines = await completionLines(words.slice(1));
  if (lines.length > 0) console.log(lines.join("\n"));
} else {
  const { main } = await import("./main.ts");
  process.exitCode = await main(words);
}
