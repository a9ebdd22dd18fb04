import { dirname, relative, resolve, sep } from "node:path";

/**
 * What each part of the house may import besides itself and packages. Arrows point one way
 * (docs/architecture.md); what has no entry here, such as test/ and demo/, may import everything
 * but the inside of a package of packages/.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const arrows = {
  "src/user-error.ts": [],
  "src/is-running.ts": [],
  "src/with-lock.ts": ["src/is-running.ts"],
  "src/withheld-pat.ts": [],
  "src/visible-text.ts": [],
  "src/printable.ts": ["src/visible-text.ts"],
  "src/private-url.ts": [],
  "src/without-secrets.ts": [],
  "src/properties": ["src/private-url.ts"],
  "src/fleet": ["src/user-error.ts"],
  "src/publishing": ["src/fleet", "src/user-error.ts"],
  "src/resources": [
    "src/fleet",
    "src/properties",
    "src/publishing",
    "src/user-error.ts",
    "src/withheld-pat.ts",
  ],
  "src/github": ["src/private-url.ts", "src/user-error.ts", "src/without-secrets.ts"],
  "src/registry": ["src/properties", "src/user-error.ts", "src/without-secrets.ts"],
  "src/stack": [
    "src/fleet",
    "src/github",
    "src/private-url.ts",
    "src/properties",
    "src/user-error.ts",
  ],
  "src/operations/status": [
    "src/fleet",
    "src/publishing",
    "src/github",
    "src/registry",
    "src/stack",
    "src/user-error.ts",
  ],
  "src/operations/rollout": [
    "src/fleet",
    "src/publishing",
    "src/github",
    "src/registry",
    "src/stack",
    "src/operations/status",
    "src/user-error.ts",
  ],
  "src/operations/rotation": [
    "src/fleet",
    "src/github",
    "src/registry",
    "src/stack",
    "src/operations/status",
    "src/operations/rollout",
    "src/user-error.ts",
  ],
  "src/operations/preview": [
    "src/fleet",
    "src/github",
    "src/stack",
    "src/operations/rollout",
    "src/printable.ts",
    "src/user-error.ts",
    "src/visible-text.ts",
  ],
  "src/operations/audit": ["src/fleet", "src/github", "src/stack", "src/user-error.ts"],
  "src/operations/drift": [
    "src/fleet",
    "src/publishing",
    "src/github",
    "src/registry",
    "src/stack",
    "src/operations/status",
    "src/operations/rollout",
    "src/user-error.ts",
  ],
  // Pure: a result in, text out.
  "src/report": [
    "src/fleet",
    "src/github/issues",
    "src/operations/preview/markdown.ts",
    "src/stack/stack-file-name.ts",
    "src/operations/status",
    "src/operations/rollout",
    "src/operations/rotation",
    "src/operations/audit",
    "src/operations/drift",
    "src/printable.ts",
    "src/user-error.ts",
    "src/visible-text.ts",
  ],
  "src/cli": ["src", "tools", "policy"],
  "index.ts": ["src"],
  // What every Pulumi plugin does, whatever it manages.
  "provider/protocol": ["src/properties", "src/user-error.ts"],
  "provider/resources": [
    "provider/protocol",
    "src/github",
    "src/properties",
    "src/registry",
    "src/user-error.ts",
    "src/withheld-pat.ts",
    "src/without-secrets.ts",
  ],
  provider: [
    "src/properties",
    "src/fleet/owner-guard.ts",
    "src/fleet/removal-guard.ts",
    "src/github",
    "src/registry",
    "src/private-url.ts",
    "src/user-error.ts",
    "src/withheld-pat.ts",
    "src/without-secrets.ts",
  ],
  // A check must not inherit the bug of what it checks.
  policy: [],
  "packages/github-simulator/src": [],
  "packages/github-simulator/test": [
    "packages/github-simulator/src",
    "test/missing-tool.ts",
    "test/outside-tool.ts",
  ],
  tools: ["src/user-error.ts", "src/with-lock.ts"],
  bin: ["tools", "src/cli"],
};

/**
 * ESLint's rule `house/arrows`: reports an import against the arrows.
 *
 * @type {import("eslint").Rule.RuleModule}
 */
export const arrowsRule = {
  meta: {
    type: "problem",
    schema: [],
    messages: {
      inside: "Import {{name}} by its name: its files are its own. See lint/arrows.mjs.",
      against: "{{from}} must not import {{to}}; it may import {{allowed}}. See lint/arrows.mjs.",
    },
  },
  create(context) {
    const file = relative(context.cwd, context.filename);
    const from = partOf(file);
    const allowed = from === undefined ? undefined : arrows[from];

    /** @param {Extract<import("eslint").Rule.Node, { source?: unknown }>} node */
    const check = ({ source }) => {
      if (source?.type !== "Literal" || typeof source.value !== "string") return;
      if (!source.value.startsWith(".")) return;
      const target = relative(context.cwd, resolve(context.cwd, dirname(file), source.value));
      const name = packageOf(target);
      if (name !== undefined && name !== packageOf(file)) {
        context.report({ node: source, messageId: "inside", data: { name } });
        return;
      }
      if (from === undefined || allowed === undefined) return;
      if (isBelow(target, from) || allowed.some((part) => isBelow(target, part))) return;
      const to = partOf(target) ?? target;
      context.report({
        node: source,
        messageId: "against",
        data: { from, to, allowed: allowed.join(", ") || "packages only" },
      });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

/** @param {string} file path from the project's root */
function packageOf(file) {
  const [folder, name] = file.split(sep);
  return folder === "packages" ? name : undefined;
}

/** @param {string} file path from the project's root */
function partOf(file) {
  return Object.keys(arrows).find((part) => isBelow(file, part));
}

/** @param {string} file @param {string} part */
function isBelow(file, part) {
  return file === part || file.startsWith(part + sep);
}
