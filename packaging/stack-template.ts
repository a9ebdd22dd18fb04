import { readFile } from "node:fs/promises";
import { readVersions } from "../src/cli/init/read-versions.ts";
import { stackFiles, workflowPaths } from "../src/cli/init/stack-files.ts";

/**
 * The template that `pulumi new templates/stack` copies: what `ghcr-fleet init` writes, with the first
 * answer to each question. The engine asks for the project's name and the organisation.
 *
 * @returns path to text
 */
export async function stackTemplate(): Promise<Map<string, string>> {
  const files = stackFiles({
    owner: "acme",
    ownerKind: "Organization",
    select: [{ topic: "container" }],
    secretScope: "organization",
    stack: "dev",
    project: "${PROJECT}",
    description: "${DESCRIPTION}",
    versions: await readVersions(),
    projectKeys: {
      template: {
        description: "Publishing access to GHCR for every repository of an organisation",
        config: { "github:owner": { description: "The organisation or user on GitHub" } },
      },
    },
  });
  for (const path of workflowPaths) {
    const text = await readFile(new URL(`../${path}`, import.meta.url), "utf8");
    files.set(path, asInstalled(path, text));
  }
  files.set(
    "node_modules/ghcr-fleet/provider/README.md",
    "`pulumi new` copies a template only if the folders of its plugins exist. `npm install` replaces this one.\n",
  );
  return files;
}

/** The checkout's own workflow or action, for a repository that has installed the package. */
function asInstalled(path: string, text: string): string {
  const commands: readonly (readonly [RegExp, string])[] = [
    [/^( +)run: npm run setup$/gm, "$1run: npx --no-install ghcr-fleet pulumi version"],
    [/\bnode bin\/ghcr-fleet\.mjs /g, "npx --no-install ghcr-fleet "],
    [/\bdocs\/pull-requests\.md\b/g, "node_modules/ghcr-fleet/docs/pull-requests.md"],
  ];
  const installed = commands.reduce((before, [from, to]) => before.replace(from, to), text);
  const rest = /npm run|bin\/ghcr-fleet|tools\//.exec(installed)?.[0];
  if (rest !== undefined) throw new Error(`${path}: "${rest}" exists in a checkout only`);
  return installed;
}
