import { stringify } from "yaml";
import { newPatPage } from "../../account.ts";
import { githubCom, type GitHubHost } from "../../github-host.ts";
import type { Answers } from "./answers.ts";

export interface StackFilesInput extends Answers {
  /** The name of the Pulumi project. */
  readonly project: string;
  readonly description: string;
  /** Where the repositories are; github.com if absent. */
  readonly host?: GitHubHost | undefined;
  /** The stack's own repository, where it is known: `acme/fleet`. */
  readonly repository?: string | undefined;
  /** Whether the workflows are written, too; absent where they are. */
  readonly hasWorkflows?: boolean;
  readonly versions: PackageVersions;
  /** Further keys of Pulumi.yaml. */
  readonly projectKeys?: Readonly<Record<string, unknown>>;
}

/** What the stack's package.json asks for. */
export interface PackageVersions {
  /** Of ghcr-fleet: "0.1.0". */
  readonly own: string;
  /** Of `@pulumi/pulumi`: "3.276.0". */
  readonly sdk: string;
  /** Of Node: ">=22.18". */
  readonly node: string;
}

/** The files of a stack repository that depend on the answers: path to text. */
export function stackFiles(input: StackFilesInput): Map<string, string> {
  return new Map([
    ["package.json", packageJson(input.versions)],
    ["Pulumi.yaml", projectFile(input)],
    [`Pulumi.${input.stack}.yaml`, configuration(input)],
    ...(hasFleetFile(input) ? [[fleetFile, fleetText(input)] as const] : []),
    ["index.ts", program],
    [".gitignore", ignored(input)],
    ["README.md", readme(input)],
  ]);
}

/** Its workflows and the action that they use, which depend on no answer. */
export const workflowPaths = [
  ...["preview", "apply", "watch"].map((name) => `.github/workflows/${name}.yml`),
  ".github/actions/ghcr-fleet/action.yml",
];

const inPackage = "node_modules/ghcr-fleet";

const program = `import { declareFleet } from "ghcr-fleet";

export const { repositories, skipped, token, rotation, watchMinute } = await declareFleet();
`;

function packageJson({ own, sdk, node }: PackageVersions): string {
  const content = {
    private: true,
    type: "module",
    engines: { node },
    dependencies: { "@pulumi/pulumi": `^${sdk}`, "ghcr-fleet": `^${own}` },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

const nodeargs = [
  // The SDK sets this flag, but late: Node would compile what it has loaded by then, and the rest, with other flags, and
  // reject it at the next start (provider/pulumi-resource-ghcr).
  "--allow-natives-syntax",
  // Megabytes; docs/performance.md says how much they save.
  "--max-semi-space-size=16",
  "--max-old-space-size=2048",
  // Names the Node that is needed where the one on PATH is too old.
  "--require ghcr-fleet/require-node",
].join(" ");

function projectFile({ project, description, state, projectKeys }: StackFilesInput): string {
  return stringify({
    name: project,
    description,
    runtime: {
      name: "nodejs",
      options: { typescript: false, nodeargs },
    },
    main: "index.ts",
    ...(state !== undefined && { backend: { url: state } }),
    plugins: { providers: [{ name: "ghcr", path: `${inPackage}/provider` }] },
    ...projectKeys,
  });
}

/** The engine passes the stack's configuration on in one variable, and could not with a few thousand names. */
const mostNamesInStack = 100;

const fleetFile = "fleet.yaml";

function hasFleetFile({ select }: StackFilesInput): boolean {
  return select.length > mostNamesInStack;
}

function configuration(input: StackFilesInput): string {
  const fleet = hasFleetFile(input)
    ? `  # The fleet, in a file of its own: with its many names it could become too large for this one.
  ghcr-fleet:fleetFile: ${fleetFile}
`
    : `  ghcr-fleet:fleet:
${fleetSettings(input).replaceAll(/^(?=.)/gm, "    ")}`;
  return `# yaml-language-server: $schema=./${inPackage}/schema/stack-config.schema.json
#
# What exists in the fleet. Every setting: ${inPackage}/docs/guide.md
config:
  github:owner: ${input.owner}
${baseUrl(input)}  # Where the publishing PAT is read from; it is in no configuration. Also { command: ... } or { file: ... }.
  ghcr-fleet:patFrom: { env: GHCR_FLEET_PAT }
${fleet}`;
}

function fleetText(input: StackFilesInput): string {
  return `# yaml-language-server: $schema=./${inPackage}/schema/fleet.schema.json
#
# What exists in the fleet. Every setting: ${inPackage}/docs/guide.md
${fleetSettings(input)}`;
}

function fleetSettings(input: StackFilesInput): string {
  const { ownerKind, select, secretScope } = input;
  const entries = select.map((selector) => {
    const [[key, value] = ["", ""]] = Object.entries(selector);
    return `  - ${key}: ${stringify(value).trim()}\n`;
  });
  return `${usernameLines(input)}secret:
  # ${ownerKind === "User" ? "" : "organization: one secret for all. "}repository: one each. environment: one each, for releases only.
  scope: ${secretScope}
# What GITHUB_TOKEN may do in workflows without permissions stays as it is. GitHub advises to narrow it; a preview
# names the workflows that seem to write without permissions of their own, and would fail.
# defaults: { actions: { tokenPermissions: read } }
# name: one repository, match: a pattern of names, topic: all that have it. Later entries override
# earlier ones, and each may have settings of its own, such as images, dockerfile or workflows.
# exclude: [sandbox-*]
repositories:
${entries.join("")}`;
}

function usernameLines(input: StackFilesInput): string {
  const { owner, ownerKind } = input;
  if (ownerKind === "User")
    return `# The owner of the PAT: only your own creates packages of your account.
username: ${owner}
`;
  if (isOrganization(input))
    return `# The machine user who owns the PAT. An update refuses a PAT of another account.
# username: ${owner}-publisher
`;
  return `# The owner of the PAT: a machine user of an organisation, or you, where the account is your own. An update
# refuses a PAT of another account.
# username: ${owner}-publisher # or ${owner}, where that is your own account
`;
}

/** Whether it is known to be one: a user account has no secret for all. */
function isOrganization({ ownerKind, secretScope }: StackFilesInput): boolean {
  return ownerKind === "Organization" || secretScope === "organization";
}

function ignored({ state }: StackFilesInput): string {
  const lines = ["node_modules/", "# What commands remember here.", ".ghcr-fleet/"];
  if (state?.startsWith("file://."))
    lines.push("# The state, which is in this folder only.", ".pulumi/");
  return `${lines.join("\n")}\n`;
}

/** @pulumi/github reads it, too. */
function baseUrl({ host }: StackFilesInput): string {
  return host === undefined || host.kind === "github.com" ? "" : `  github:baseUrl: ${host.web}/\n`;
}

function readme(input: StackFilesInput): string {
  const { host = githubCom, owner, stack, state, versions } = input;
  const tarball = `ghcr-fleet-${versions.own}.tgz`;
  const passphrase =
    state === "https://api.pulumi.com"
      ? "pulumi login\n"
      : "read -rs PULUMI_CONFIG_PASSPHRASE && export PULUMI_CONFIG_PASSPHRASE   # choose one, and keep it\n";
  return `# The fleet of ${owner}

Publishing access to GHCR for repositories of ${owner}, declared in [Pulumi.${stack}.yaml](Pulumi.${stack}.yaml) and
applied by [ghcr-fleet](${inPackage}/README.md).

## The first update

You need Node ${versions.node.replace(/^>=/, "")} or newer, which nothing here downloads. \`ghcr-fleet pulumi\` runs your own \`pulumi\`, or
downloads one. Commit \`vendor\`, \`package.json\` and \`package-lock.json\`: until the first release on npm, the
workflows install the tarball from there.

\`\`\`sh
mkdir -p vendor && cp <clone>/${tarball} vendor/   # of \`npm run build:package && npm pack ./dist\` in the clone
npm install ./vendor/${tarball}
alias ghcr-fleet='npx --no-install ghcr-fleet' pulumi='npx --no-install ghcr-fleet pulumi'
${passphrase}pulumi stack init ${stack}
pulumi config set --secret github:token      # admin: scopes repo, workflow, ${isOrganization(input) ? "admin:org, " : ""}read:packages
read -rs GHCR_FLEET_PAT && export GHCR_FLEET_PAT   # ${newPatPage(host)}
ghcr-fleet preview ${stack}                      # what changes where; nothing is written
pulumi up --policy-pack ${inPackage}/policy
\`\`\`

Begin with one repository, and read [before you adopt it](${inPackage}/docs/guide.md#before-you-adopt-it).
${isOrganization(input) ? "" : unlinkedPackage}
${pullRequests(input)}
## Later

Install the newer tarball from \`vendor\` in the same way (after the first release on npm: \`npm update ghcr-fleet\`), then
\`ghcr-fleet preview ${stack}\`. All verbs: \`ghcr-fleet --help\`.
`;
}

const unlinkedPackage = `
The policy pack refuses the update (\`package-linked\`) while a package of yours is linked to no repository, as after a
push by hand. Then read [your package and the policy pack](${inPackage}/docs/guide.md#one-person).
`;

function pullRequests({
  host = githubCom,
  hasWorkflows = true,
  ...input
}: StackFilesInput): string {
  const { repository, stack, state } = input;
  if (!hasWorkflows) {
    return `## Pull requests

GitHub runs only workflows in the root of a repository. In an empty repository of its own, where \`ghcr-fleet init\` writes them, the
fleet has workflows that preview pull requests, apply what was merged, and look for changes by hand:
[pull requests](${inPackage}/docs/pull-requests.md).
`;
  }
  const settings =
    repository === undefined ? "" : ` (<${host.web}/${repository}/settings/environments>)`;
  const move = state?.startsWith("file://.")
    ? "The state is in this folder only (`backend` in Pulumi.yaml): move it to a shared back end first, with `pulumi stack export` and `import`.\n"
    : "";
  return `## Pull requests

[preview.yml](.github/workflows/preview.yml) comments on pull requests, [apply.yml](.github/workflows/apply.yml) applies
what was merged, [watch.yml](.github/workflows/watch.yml) looks for changes by hand once a day. They do nothing until
the variable \`GHCR_FLEET_STACKS\` of this repository is \`["${stack}"]\`. The environments and secrets that they
need${settings}: [setting it up](${inPackage}/docs/pull-requests.md#setting-it-up).
${move}`;
}
