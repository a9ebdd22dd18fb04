import { isAbsolute } from "node:path";
import { z } from "zod";
import { unprintable } from "../printable.ts";
import { parseJson } from "../parse-json.ts";
import { UsageError } from "../user-error.ts";

/**
 * Where a PAT is read from: an environment variable, the output of a command that a shell runs, or a file
 * by its absolute path.
 */
export type PatSource = z.output<typeof sourceSchema>;

/** Keys of the stack's configuration, after `ghcr-fleet:`; `<key>From` holds a {@link PatSource}. */
export type PatKey = (typeof patKeys)[number];

export const patKeys = ["pat", "nextPat", "previousPat"] as const;

/** The sources in a stack's configuration. */
export type PatSources = Partial<Record<PatKey, PatSource>>;

const text = z.string().refine((value) => value.trim() !== "" && !unprintable.test(value));

const sourceSchema = z.union([
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
  z.strictObject({ command: text }),
  z.strictObject({ file: text.refine((path) => isAbsolute(path)) }),
]);

export const patSourceKinds = ["env", "command", "file"] as const;

/** A value of the stack's configuration; a map is JSON text. */
interface Configured {
  readonly value: string;
  /** Whether it, or a part of it, is encrypted. */
  readonly secret: boolean;
}

/**
 * Reads where the PATs come from, and refuses PATs that are stored in clear.
 *
 * @param lookup a value of the configuration by its full key
 * @throws {UsageError} with the command that fixes it; no message quotes a value
 */
export function readPatSources(lookup: (key: string) => Configured | undefined): PatSources {
  const sources: PatSources = {};
  for (const name of patKeys) {
    const key = `ghcr-fleet:${name}`;
    const value = lookup(key);
    if (value?.secret === false) throw inClear(key);
    const source = lookup(`${key}From`);
    if (!source) continue;
    if (value) {
      throw new UsageError(
        `the configuration has both ${key} and ${key}From, and only one can be used: ` +
          `remove the stored PAT with pulumi config rm ${key}, or the other with pulumi config rm ${key}From`,
      );
    }
    sources[name] = parsePatSource(source, `${key}From`);
  }
  return sources;
}

function inClear(key: string): UsageError {
  return new UsageError(
    `${key} is stored in clear, in a file that is meant to be committed: revoke that PAT, create another one, and store it encrypted with ` +
      `pulumi config set --secret ${key}, or leave it out of the configuration with ghcr-fleet:patFrom`,
  );
}

/**
 * @param key names it in messages
 * @throws {UsageError} it has another shape, or contains a token
 */
export function parsePatSource({ value, secret }: Configured, key: string): PatSource {
  if (/(?:\bgh[a-z]_|github_pat_)\w{16,}/.test(value)) {
    throw new UsageError(
      `${key} contains a token, and it is stored in clear: revoke that token, and write where the PAT is read from (pulumi config set --path ${key}.env GHCR_FLEET_PAT)`,
    );
  }
  if (secret) {
    throw new UsageError(
      `${key} is encrypted, but the state contains it in clear: it says where the PAT is, and must not be a secret. Write it with pulumi config set --path ${key}.env GHCR_FLEET_PAT`,
    );
  }
  const { data } = sourceSchema.safeParse(parseJson(value));
  if (data) return data;
  throw new UsageError(
    `${key} must say where the PAT is read from: { env: GHCR_FLEET_PAT } (an environment variable), ` +
      `{ command: "op read op://ci/ghcr/pat" } (the output of a command), or { file: /run/secrets/ghcr-pat } ` +
      `(a file, by its absolute path); for example: pulumi config set --path ${key}.env GHCR_FLEET_PAT`,
  );
}

/** "the environment variable GHCR_FLEET_PAT" */
export function describePatSource(source: PatSource): string {
  if ("env" in source) return `the environment variable ${source.env}`;
  if ("file" in source) return `the file ${source.file}`;
  return `the command \`${source.command}\``;
}
