// Rules for imports, checked by dependency-cruiser as part of `npm run lint`. Imports of types count.

/** Files of src/ that import nothing, and which src/, provider/, tools/ and bin/ may import. */
const leaves = [
  "src/user-error.ts",
  "src/is-running.ts",
  "src/is-same-name.ts",
  "src/once-a-day.ts",
  "src/image-address.ts",
  "src/parse-go-integer.ts",
  "src/format-text.ts",
  "src/parse-json.ts",
  "src/printable.ts",
  "src/private-url.ts",
  "src/replace-file.ts",
  "src/watch-engine.ts",
  "src/without-secrets.ts",
  "src/selection-facts.ts",
];

/**
 * What each part may import in addition to itself, the leaves, and packages from the registry. Arrows point one way
 * (docs/architecture.md). Parts without an entry, such as test/ and demo/, may import everything.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const mayImport = {
  "src/account.ts": ["src/github-host.ts"],
  "src/github-host.ts": [],
  "src/with-lock.ts": [],
  "src/leaking-variables.ts": [],
  "src/pat": [],
  "src/markdown.ts": [],
  "src/properties": [],
  "src/fleet": ["src/github-host.ts", "src/account.ts"],
  "src/publishing": ["src/github-host.ts", "src/fleet"],
  "src/resources": [
    "src/account.ts",
    "src/github-host.ts",
    "src/fleet",
    "src/leaking-variables.ts",
    "src/properties",
    "src/publishing",
    "src/pat",
  ],
  "src/github": ["src/github-host.ts", "src/account.ts"],
  "src/registry": ["src/account.ts", "src/properties"],
  "src/stack": [
    "src/github-host.ts",
    "src/fleet",
    "src/github",
    "src/pat",
    "src/properties",
    "src/publishing",
  ],
  "src/operations/status": [
    "src/account.ts",
    "src/fleet",
    "src/operations/drift",
    "src/operations/publications",
    "src/pat",
    "src/properties",
    "src/publishing",
    "src/github",
    "src/registry",
    "src/stack",
  ],
  "src/operations/publications": ["src/fleet", "src/github", "src/publishing"],
  "src/operations/doctor": ["src/account.ts", "src/github"],
  "src/operations/budget": ["src/github", "src/stack"],
  "src/operations/waves": [
    "src/fleet",
    "src/github",
    "src/publishing",
    "src/operations/publications",
    "src/operations/preview",
    "src/registry",
    "src/stack",
    "src/operations/budget",
  ],
  "src/operations/rollout": [
    "src/fleet",
    "src/github",
    "src/pat",
    "src/stack",
    "src/operations/budget",
    "src/operations/preview",
    "src/operations/waves",
    "src/operations/doctor",
  ],
  "src/operations/rotation": [
    "src/account.ts",
    "src/github-host.ts",
    "src/fleet",
    "src/github",
    "src/pat",
    "src/registry",
    "src/stack",
    "src/operations/waves",
    "src/operations/doctor",
  ],
  "src/operations/preview": [
    "src/fleet",
    "src/github",
    "src/properties",
    "src/publishing",
    "src/stack",
    "src/operations/budget",
    "src/operations/doctor",
  ],
  "src/operations/audit": ["src/account.ts", "src/fleet", "src/github", "src/stack"],
  "src/operations/drift": [
    "src/github-host.ts",
    "src/account.ts",
    "src/fleet",
    "src/publishing",
    "src/github",
    "src/stack",
  ],
  // Pure: results in, text out.
  "src/report": [
    "src/fleet/removal-guard.ts",
    "src/github/issues",
    "src/operations",
    "src/pat",
    "src/stack/recover-stack.ts",
    "src/stack/stack-file-name.ts",
    "src/markdown.ts",
  ],
  "src/cli/terminal": ["src/fleet", "src/operations", "src/report", "src/stack"],
  "src/cli/stacks": [
    "src/cli/terminal",
    "policy/policy-config.ts",
    "src/fleet",
    "src/github-host.ts",
    "src/github",
    "src/leaking-variables.ts",
    "src/operations",
    "src/pat",
    "src/report",
    "src/stack",
    "src/with-lock.ts",
    "tools",
  ],
  "src/cli": ["src", "tools", "policy", "packages/github-simulator/src/index.ts"],
  // What the npm package exports.
  "src/declare-fleet.ts": [
    "src/github-host.ts",
    "src/fleet",
    "src/pat",
    "src/github",
    "src/publishing",
    "src/resources",
    "src/stack",
  ],
  "src/components.ts": ["src/fleet", "src/github", "src/resources", "src/stack"],
  examples: ["src/components.ts"],
  "index.ts": ["src/declare-fleet.ts"],
  // The parts of every Pulumi plugin, independent of its resources.
  "provider/protocol": ["src/properties"],
  "provider/resources": [
    "src/github-host.ts",
    "provider/protocol",
    "src/account.ts",
    "src/github",
    "src/markdown.ts",
    "src/properties",
    "src/publishing",
    "src/registry",
    "src/pat",
  ],
  provider: [
    "src/github-host.ts",
    "src/properties",
    "src/fleet/owner-guard.ts",
    "src/fleet/removal-guard.ts",
    "src/github",
    "src/registry",
    "src/pat",
  ],
  // A check must not contain the bug of what it checks.
  policy: [],
  "packages/github-simulator/src": [],
  "packages/github-simulator/test": ["packages/github-simulator/src", "test/support"],
  tools: ["src/leaking-variables.ts", "src/with-lock.ts"],
  bin: ["tools", "src/cli"],
};

const parts = [...leaves, ...Object.keys(mayImport)];

/** Policies and the simulator import nothing of what they check. */
const isOurs = /^(?:src|provider|tools|bin)(?:\/|$)/;

/**
 * @param {readonly string[]} paths @returns a pattern for these files, and all files below these
 *   folders
 */
const below = (paths) =>
  `^(?:${paths.map((path) => path.replaceAll(".", "\\.")).join("|")})(?:/|$)`;

/** @type {import("dependency-cruiser").IRegularForbiddenRuleType[]} */
const arrows = [
  ...leaves.map((leaf) => /** @type {const} */ ([leaf, []])),
  ...Object.entries(mayImport).map(
    ([part, allowed]) =>
      /** @type {const} */ ([part, isOurs.test(part) ? [...allowed, ...leaves] : allowed]),
  ),
].map(([part, allowed]) => {
  const narrower = parts.filter((other) => other.startsWith(`${part}/`));
  return {
    name: `imports-of-${part}`,
    comment: `${part} may import ${allowed.join(", ") || "packages only"}`,
    severity: "error",
    from: { path: below([part]), ...(narrower.length > 0 && { pathNot: below(narrower) }) },
    to: { pathNot: below([part, ...allowed, "node_modules"]), dependencyTypesNot: ["core"] },
  };
});

/** @type {import("dependency-cruiser").IConfiguration} */
const configuration = {
  forbidden: [
    ...arrows,
    {
      name: "no-circle",
      comment: "files must not import each other in a circle",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-folder-circle",
      comment: "folders must not import each other in a circle",
      severity: "error",
      scope: "folder",
      from: {
        path: "^(?:src|provider|policy|packages/[^/]+/src)/",
      },
      to: { circular: true },
    },
    {
      name: "main-imports-verbs",
      comment: "a verb must not import another verb, nor must shared parts import a verb",
      severity: "error",
      from: { path: "^src/cli/[^/]+/" },
      to: { path: "^src/cli/[^/]+\\.ts$" },
    },
    {
      name: "package-by-name",
      comment: "the files of a package are internal: import the package by its name",
      severity: "error",
      from: { pathNot: "^packages/" },
      to: { path: "^packages/", dependencyTypesNot: ["aliased-workspace"] },
    },
    {
      name: "unresolvable",
      comment: "the imported file does not exist",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    exclude: { path: "(?:^|/)(?:node_modules|dist)/|^templates/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "node", "default"],
      extensions: [".ts", ".mjs", ".cjs", ".js", ".d.ts"],
    },
  },
};

export default configuration;
