import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "../../user-error.ts";
import { readRemotes } from "../git/read-remotes.ts";
import { completeAnswers, type InitOptions } from "./answers.ts";
import { readVersions } from "./read-versions.ts";
import { stackFiles, workflowPaths } from "./stack-files.ts";

/** The template of `pulumi new`, whose workflows depend on no answer. */
const template = new URL("../../../templates/stack/", import.meta.url);

/**
 * `ghcr-fleet init`: writes a stack repository.
 *
 * @throws {UsageError} an answer is missing, or a file exists; nothing is written then
 */
export async function init(place: string, options: InitOptions): Promise<void> {
  const folder = resolve(place);
  const [remote] = await readRemotes(folder);
  const answers = await completeAnswers(options, remote?.owner);
  const files = stackFiles({
    ...answers,
    project: "ghcr-fleet",
    description: `Publishing access to GHCR for repositories of ${answers.owner}.`,
    host: remote?.host,
    repository: remote && `${remote.owner}/${remote.name}`,
    versions: await readVersions(),
  });
  for (const path of workflowPaths)
    files.set(path, await readFile(new URL(path, template), "utf8"));
  await assertAbsent(folder, [...files.keys()]);
  for (const [path, text] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: "wx" });
    process.stdout.write(`${join(place, path)}\n`);
  }
  process.stdout.write(`\nWritten. ${join(place, "README.md")} says what to do next.\n`);
}

async function assertAbsent(folder: string, paths: readonly string[]): Promise<void> {
  const found = await Promise.all(
    paths.map((path) =>
      access(join(folder, path)).then(
        () => [path],
        () => [],
      ),
    ),
  );
  const existing = found.flat();
  if (existing.length === 0) return;
  throw new UsageError(
    `${folder} contains ${existing.join(", ")}, and init overwrites nothing: move what is there, or name another folder`,
  );
}
