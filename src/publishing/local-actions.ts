/** An action may use others; GitHub stops at ten. */
const deepestAction = 10;

/**
 * Adds to workflows the actions of their own repository that they use, and those that these use.
 *
 * @param workflows path to text
 * @param read answers the texts of those paths that are there
 */
export async function withLocalActions(
  workflows: Readonly<Record<string, string>>,
  read: (paths: readonly string[]) => Promise<Readonly<Record<string, string>>>,
): Promise<Record<string, string>> {
  const files = { ...workflows };
  let fresh: readonly string[] = Object.values(workflows);
  const asked = new Set<string>();
  for (let depth = 0; depth < deepestAction && fresh.length > 0; depth += 1) {
    const wanted = [...new Set(fresh.flatMap(localActionPaths))].filter(
      (path) => !Object.hasOwn(files, path) && !asked.has(path),
    );
    for (const path of wanted) asked.add(path);
    const found = wanted.length > 0 ? await read(wanted) : {};
    Object.assign(files, found);
    fresh = Object.values(found);
  }
  return files;
}

/** Where the actions may lie that a text uses from its own repository: `./build` is one of two files. */
export function localActionPaths(text: string): string[] {
  return [...text.matchAll(/\buses\s*["']?\s*:\s*["']?[.$]\/([^\s"'#,}]*)/g)].flatMap(
    ([, path = ""]) => {
      const folder = path.split("/").filter((part) => part !== "" && part !== ".");
      // A workflow of the repository is no action; nothing lies outside of the repository.
      if (/\.ya?ml$/.test(path) || folder.includes("..")) return [];
      return ["action.yml", "action.yaml"].map((name) => [...folder, name].join("/"));
    },
  );
}
