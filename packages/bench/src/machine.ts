import { arch, cpus, platform, release, totalmem } from "node:os";

/** What the figures were measured on: they mean nothing without it. */
export const machine = () => {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
  };
};
