import { dirname, join } from "node:path";
import { CommandError } from "./failure.ts";
import { isAlias, keyringPath } from "./keyring.ts";
import { changePrivate, type PrivateFile, readPrivate } from "./private-file.ts";

/** A hub that is called by a name, and whose key signs there. */
export interface Profile {
  readonly hub: string;
  readonly as?: string;
}

export interface Profiles {
  /** The one that counts where nothing else is said. */
  active?: string;
  byName: Record<string, Profile>;
}

const VERSION = 1;

/** Beside the keyring. */
export const profilesPath = (): string => join(dirname(keyringPath()), "profiles.json");

const isProfile = (value: unknown): value is Profile => {
  const { hub, as } = (value ?? {}) as { hub?: unknown; as?: unknown };
  return typeof hub === "string" && (as === undefined || typeof as === "string");
};

const profilesFile = (): PrivateFile<Profiles> => ({
  path: profilesPath(),
  what: "profiles",
  empty: () => ({ byName: {} }),
  read: (value) => {
    const given = (value ?? {}) as {
      version?: unknown;
      active?: unknown;
      profiles?: Record<string, unknown>;
    };
    const { active, profiles, version } = given;
    if (version !== VERSION || typeof profiles !== "object" || profiles === null) return undefined;
    if (active !== undefined && typeof active !== "string") return undefined;
    if (!Object.entries(profiles).every(([name, of]) => isAlias(name) && isProfile(of))) return undefined;
    return { byName: profiles as Record<string, Profile>, ...(active === undefined ? {} : { active }) };
  },
  write: ({ active, byName }) => ({ version: VERSION, active, profiles: byName }),
});

export const readProfiles = (): Profiles => readPrivate(profilesFile());
export const changeProfiles = <T>(change: (profiles: Profiles) => T): Promise<T> =>
  changePrivate(profilesFile(), change);

/** The profile of that name. Throws CommandError where there is none. */
export const profileNamed = ({ byName }: Profiles, name: string): Profile => {
  if (Object.hasOwn(byName, name)) return byName[name]!;
  const names = Object.keys(byName);
  const known = names.length === 0 ? "there is none yet" : `there are: ${names.join(", ")}`;
  throw new CommandError("profile_unknown", `${profilesPath()} has no profile ${name}; ${known}.`);
};

/** What the command line and the environment say about the hub; undefined where they do not. */
export interface Said {
  readonly hubFlag?: string;
  readonly profileFlag?: string;
  readonly hubEnv?: string;
  readonly profileEnv?: string;
}

export const DEFAULT_HUB = "http://127.0.0.1:8420";

/** The hub that is meant, and the alias that signs unless --as names one. Flags before environment before the active profile. */
export const targetOf = (
  { hubEnv, hubFlag, profileEnv, profileFlag }: Said,
  read: () => Profiles = readProfiles,
): { readonly hub: string; readonly as?: string; readonly profile?: string } => {
  const named = (name: string) => ({ profile: name, ...profileNamed(read(), name) });
  if (hubFlag !== undefined) return { hub: hubFlag };
  if (profileFlag !== undefined) return named(profileFlag);
  if (hubEnv !== undefined) return { hub: hubEnv };
  if (profileEnv !== undefined) return named(profileEnv);
  const profiles = read();
  const { active } = profiles;
  return active !== undefined && Object.hasOwn(profiles.byName, active)
    ? { profile: active, ...profiles.byName[active]! }
    : { hub: DEFAULT_HUB };
};
