// The cost of the policy pack: node tools/run.mjs bench/policy-pack.ts [repositories]
// The real engine previews a fleet without a pack, with an empty one and with ours. A provider without
// network replaces the real ones, so that waiting for GitHub is not measured. The result is the ratio
// of a preview with our pack to one with an empty pack, because any pack makes the engine start a
// process and ask it twice for each resource. The target: 1.25 at most.
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PulumiStack } from "../tools/pulumi-stack.ts";
import { renderWorkflows } from "../src/publishing/templates/render.ts";
import { workflowOf } from "./workflow-of.ts";

const repositories = Number(process.argv[2] ?? 250);
const rounds = 3;
const target = 1.25;
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const names = Array.from({ length: repositories }, (_, index) => `service-${index + 1}`);
const resources = [
  {
    type: "pulumi:providers:ghcr",
    name: "ghcr",
    // One string: the engine sends it with each of the provider's resources.
    props: {
      repositories: JSON.stringify(Object.fromEntries(names.map((name) => [name, "main"]))),
    },
  },
  {
    type: "ghcr:index:RegistrySecret",
    name: "GHCR_PAT",
    props: {
      scope: "organization",
      name: "GHCR_PAT",
      repositories: Object.fromEntries(names.map((name, id) => [name, id])),
      box: "sealed",
    },
  },
  ...names.flatMap(resourcesOf),
];

const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-bench-"));
try {
  const file = join(folder, "resources.json");
  await writeFile(file, JSON.stringify(resources));
  const stack = await PulumiStack.create({
    folder,
    project: path("../test/e2e/policy/fixture"),
    stack: "bench",
    config: { "policy-fixture:file": file },
    secrets: {},
  });
  await create(stack);
  const packs = {
    none: [],
    empty: ["--policy-pack", await writeEmptyPack(folder)],
    whole: ["--policy-pack", path("../policy")],
  };
  const best = { none: Infinity, empty: Infinity, whole: Infinity };
  // One after the other, so that all run under the same load.
  for (let round = 0; round < rounds; round += 1) {
    for (const name of ["none", "empty", "whole"] as const)
      best[name] = Math.min(best[name], await preview(stack, packs[name]));
  }
  const ratio = best.whole / best.empty;
  process.stdout.write(
    [
      `preview of ${resources.length} resources, the best of ${rounds}:`,
      `  without a pack       ${best.none.toFixed(1)} s`,
      `  with an empty pack   ${best.empty.toFixed(1)} s`,
      `  with all rules       ${best.whole.toFixed(1)} s`,
      `  ours over the empty  ${ratio.toFixed(2)}, of ${target} at most`,
      "",
    ].join("\n"),
  );
  if (ratio > target) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** A pack with one rule that reads nothing. */
async function writeEmptyPack(parent: string): Promise<string> {
  const pack = join(parent, "empty-pack");
  const shared = ["PulumiPolicy.yaml", "index.cjs", "package.json"];
  for (const name of shared) await cp(path(`../policy/${name}`), join(pack, name));
  await symlink(path("../node_modules"), join(pack, "node_modules"));
  await writeFile(
    join(pack, "pack.ts"),
    `import { PolicyPack } from "@pulumi/policy";
const rule = { name: "nothing", description: "Nothing.", validateResource: () => {} };
new PolicyPack("empty", { policies: [rule] });
`,
  );
  return pack;
}

/** The resources of one repository. */
function resourcesOf(name: string) {
  const place = { owner: "acme", repository: name };
  const files = renderWorkflows(workflowOf("acme", name));
  return [
    {
      type: "ghcr:index:ActionsSettings",
      name: `${name}/actions`,
      props: { ...place, defaultWorkflowPermissions: "read" },
    },
    {
      type: "github:index/actionsVariable:ActionsVariable",
      name,
      props: { repository: name, variableName: "GHCR_USERNAME", value: "acme-publisher" },
    },
    {
      type: "ghcr:index:RepositoryPublishing",
      name,
      props: {
        ...place,
        branch: "main",
        mode: "template",
        files,
        image: name,
        packages: [{ image: name, push: "allowed", exists: false }],
      },
    },
  ];
}

/**
 * The fleet's state after an update. Only the last of the checkpoints is written, which saves minutes.
 */
async function create(stack: PulumiStack): Promise<void> {
  const env = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };
  const { exitCode, stdout, stderr } = await stack.up(["--skip-preview"], { env });
  if (exitCode !== 0) throw new Error(`pulumi up ended with ${exitCode}:\n${stdout}${stderr}`);
}

async function preview(stack: PulumiStack, flags: readonly string[]): Promise<number> {
  const start = performance.now();
  const { exitCode, stdout, stderr } = await stack.preview(flags);
  if (exitCode !== 0) throw new Error(`pulumi preview ended with ${exitCode}:\n${stdout}${stderr}`);
  return (performance.now() - start) / 1000;
}
