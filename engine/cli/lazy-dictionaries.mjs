import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runProcess } from "../steps/run-process.mjs";
import { SetupError } from "../steps/setup-error.mjs";

/**
 * Two versions of a password meter, with which `pulumi config set` and `esc` look for secrets that
 * would be kept in clear. They read their dictionaries when the command starts, which is half of the
 * processor time that a short one takes.
 */
const modules = ["github.com/ccojocar/zxcvbn-go", "github.com/nbutton23/zxcvbn-go"];

/** Moves the reading to where the meter is first asked, for which it is prepared already. */
const edits = [
  { file: "frequency/frequency.go", from: "func init() {", to: "func Load() {" },
  { file: "matching/matching.go", from: "func init() {\n\tloadFrequencyList()\n}\n", to: "" },
  {
    file: "matching/matching.go",
    from: "func loadFrequencyList() {",
    to: "func loadFrequencyList() {\n\tfrequency.Load()",
  },
];

/** @typedef {{ cwd: string, env: NodeJS.ProcessEnv, signal?: AbortSignal }} GoRun */

/**
 * Copies the two modules with their edits into `folder`, and a go.mod and go.sum that name them.
 *
 * @param {string} go
 * @param {string} folder which is made
 * @param {GoRun} run in the folder of go.mod
 * @returns {Promise<string>} the path of the go.mod to build by
 */
export async function writeLazyDictionaries(go, folder, run) {
  const replacements = [];
  for (const [index, module] of modules.entries()) {
    const copy = join(folder, `meter-${index}`);
    await copyPackages(await findModule(go, module, run), copy);
    // One is older than go.mod.
    await writeFile(join(copy, "go.mod"), `module ${module}\n`);
    for (const edit of edits) await apply(edit, copy, module);
    replacements.push(`replace ${module} => ${JSON.stringify(copy)}\n`);
  }
  const modfile = join(folder, "go.mod");
  const text = await readFile(join(run.cwd, "go.mod"), "utf8");
  await writeFile(modfile, [text, ...replacements].join("\n"));
  await cp(join(run.cwd, "go.sum"), join(folder, "go.sum"));
  return modfile;
}

/** @param {string} go @param {string} module @param {GoRun} run */
async function findModule(go, module, run) {
  const args = ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module];
  const { code, stdout, lines } = await runProcess(go, args, run);
  if (code === 0 && stdout !== "") return stdout;
  throw new SetupError(`go ${args.join(" ")} failed:\n${lines.join("\n")}`);
}

/**
 * Writes each file anew: copies would be as read-only as what Go keeps.
 *
 * @param {string} from
 * @param {string} to
 */
async function copyPackages(from, to) {
  for (const path of await readdir(from, { recursive: true })) {
    if (!path.endsWith(".go") || path.endsWith("_test.go")) continue;
    const target = join(to, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, await readFile(join(from, path)));
  }
}

/** @param {{ file: string, from: string, to: string }} edit @param {string} copy @param {string} module */
async function apply({ file, from, to }, copy, module) {
  const path = join(copy, file);
  const text = await readFile(path, "utf8");
  if (!text.includes(from)) {
    throw new SetupError(
      `${module} has changed: its ${file} holds no ${JSON.stringify(from)} any more. ` +
        "Mend engine/cli/lazy-dictionaries.mjs.",
    );
  }
  await writeFile(path, text.replace(from, to));
}
