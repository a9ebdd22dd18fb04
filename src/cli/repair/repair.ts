import { repairWorkflows } from "../../publishing/repair-workflows.ts";
import { printable } from "../../printable.ts";
import { UsageError } from "../../user-error.ts";
import { registryOfRemotes } from "../git/read-remotes.ts";
import { printNote } from "../terminal/print-note.ts";
import { repairAsJson, repairAsText, type ShownFile, type ShownRepair } from "./print-repair.ts";
import { readCheckouts, type Checkout } from "./read-checkouts.ts";
import { writeFiles } from "./write-files.ts";

export interface RepairCommand {
  readonly write?: true;
  readonly json?: true;
  /** "GHCR_PAT" */
  readonly secret: string;
  readonly replaceSecret: readonly string[];
  readonly deadPatFallback?: true;
  /** Host of the registry; by the checkout's remotes if absent. */
  readonly registry?: string;
}

/** Something is left to do. */
const open = 3;

/**
 * `ghcr-fleet repair`: shows what would make workflow files publish with the wanted credential, and
 * does it with --write. The process ends with 3 where something would change, or is left for a person.
 *
 * @throws {UsageError} a path that does not exist, or a name that is none
 */
export async function repair(paths: readonly string[], options: RepairCommand): Promise<void> {
  for (const name of [options.secret, ...options.replaceSecret]) assertSecretName(name);
  const { checkouts, empty } = await readCheckouts(paths);
  for (const path of empty) printNote(`${printable(path)}: there are no workflow files here`);
  const repaired = checkouts.map((checkout) => repairCheckout(checkout, options));
  const files = repaired.flatMap((each) => each.files);
  const leftOut = repaired.flatMap((each) => each.leftOut);
  const changed = files.filter(({ before, after }) => before !== after);
  if (options.write) {
    await writeFiles(changed);
    if (changed.length > 0) printNote(secretNote(options.secret));
  }
  const result = { files, leftOut, written: options.write === true, secret: options.secret };
  process.stdout.write(`${options.json ? repairAsJson(result) : repairAsText(result)}\n`);
  const isOpen = files.some(({ unresolved }) => unresolved.length > 0);
  if (isOpen || (changed.length > 0 && !options.write)) process.exitCode = open;
}

function repairCheckout(
  { owners, remotes, files, unread }: Checkout,
  { secret, replaceSecret, deadPatFallback, registry }: RepairCommand,
): Pick<ShownRepair, "files" | "leftOut"> {
  const texts = Object.fromEntries(files.map(({ path, text }) => [path, text]));
  const asked = new Set(files.filter((file) => file.asked).map(({ path }) => path));
  const repaired = repairWorkflows(texts, {
    registry: registryOfRemotes(remotes, registry),
    secret,
    replaceSecrets: replaceSecret,
    deadPatFallback: deadPatFallback === true,
    only: asked,
    owners,
  });
  const placed = new Map(files.map((file) => [file.path, file]));
  const shown = repaired.flatMap((result): ShownFile[] => {
    const file = placed.get(result.path);
    const has = result.edits.length > 0 || result.unresolved.length > 0;
    if (!file || (!has && !asked.has(file.path))) return [];
    const { edits, unresolved, scripts } = result;
    return [
      { path: file.place, before: file.text, after: result.text, edits, unresolved, scripts },
    ];
  });
  const notRead = unread.map(({ place, reason, fix }) => ({
    path: place,
    before: "",
    after: "",
    edits: [],
    unresolved: [{ line: 1, reason, fix }],
    scripts: [],
  }));
  return {
    files: [...shown, ...notRead].toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    leftOut: repaired
      .filter(({ isLeftOut }) => isLeftOut)
      .map(({ path }) => placed.get(path)?.place ?? path),
  };
}

/** The repaired workflows read the secret, which a checkout cannot show. */
function secretNote(secret: string): string {
  return `the workflows need the secret ${secret}, if the repository does not have it yet: a classic PAT with write:packages, from Settings > Developer settings > Personal access tokens; \`gh secret set ${secret}\` asks for it`;
}

/** https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets */
function assertSecretName(name: string): void {
  if (!/^[A-Z_][A-Z0-9_]*$/i.test(name) || /^GITHUB_/i.test(name))
    throw new UsageError(
      `${JSON.stringify(name)} cannot be the name of a secret: it consists of letters, digits and _, does not begin with a digit, and not with GITHUB_`,
    );
}
