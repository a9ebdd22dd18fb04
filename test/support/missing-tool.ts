import { accessSync, constants, globSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Programs by others that check this project's output, and what each of them needs. */
const tools = {
  skopeo: { needs: [["skopeo"]], how: "Debian: apt-get install skopeo" },
  chromium: {
    needs: [["chromium"], ["chromium-browser"], ["google-chrome"]],
    how: "Debian: apt-get install chromium",
  },
  oras: { needs: [["oras"], ["go"]], how: "install Go: https://go.dev/doc/install" },
  actionlint: { needs: [["actionlint"], ["go"]], how: "install Go: https://go.dev/doc/install" },
  postgres: {
    needs: [["initdb", "postgres"]],
    how: "Debian: apt-get install postgresql",
  },
  versitygw: { needs: [["versitygw"], ["go"]], how: "install Go: https://go.dev/doc/install" },
  gh: { needs: [["gh"], ["python3"]], how: "install Python 3 with its venv module" },
  zizmor: { needs: [["zizmor"], ["python3"]], how: "install Python 3 with its venv module" },
} as const;

export type Tool = keyof typeof tools;

/**
 * Whether a tool is missing, for `test.skipIf`: on a person's machine its tests are left out and
 * counted as skipped. CI must have it.
 *
 * @throws Error in CI, with how to get the tool
 */
export function missingTool(name: Tool): boolean {
  const { needs, how } = tools[name];
  if (needs.some((all) => all.every(findProgram))) return false;
  if (process.env["CI"]) throw new Error(`${name} is missing. ${how}`);
  process.stderr.write(`Left out, because ${name} is missing (${how}).\n`);
  return true;
}

/** The file of a program, if this machine has it. Debian keeps PostgreSQL's beside PATH. */
export function findProgram(program: string): string | undefined {
  const folders = [
    ...(process.env["PATH"] ?? "").split(delimiter),
    ...globSync("/usr/lib/postgresql/*/bin"),
  ];
  return folders
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
