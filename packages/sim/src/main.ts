import { run } from "./run.ts";
import { shrink } from "./shrink.ts";

// npm run sim -- [SEED] [COMMANDS]
const seed = Number(process.argv[2] ?? Math.floor(Math.random() * 2 ** 32));
const commands = Number(process.argv[3] ?? 20_000);
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(commands) || commands < 1) {
  console.error("usage: npm run sim -- [SEED] [COMMANDS]");
  process.exit(2);
}

const sim = await run(seed, commands);
if (sim.failure) {
  console.error(`seed ${seed}: command ${sim.failure.commands.length}: ${sim.failure.message}`);
  const small = await shrink(seed, sim.failure);
  if (small.commands.length <= 60)
    for (const command of small.commands) console.error(JSON.stringify(command));
  else
    console.error(
      `still ${small.commands.length} commands after shrinking; the last: ${JSON.stringify(small.commands.at(-1))}`,
    );
  process.exitCode = 1;
} else {
  for (const [verdict, times] of [...sim.verdicts].sort())
    console.log(`${String(times).padStart(7)} ${verdict}`);
  console.log(`seed ${seed}: ${sim.commands} commands, no disagreement, state ${sim.hash}`);
}
