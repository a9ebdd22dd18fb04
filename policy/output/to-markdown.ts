import type { PolicyConfigSchema } from "@pulumi/policy";
import type { Rule } from "../model/rule.ts";

/** The page about the rules in Markdown: what each requires, why, and how to configure it. */
export function toMarkdown(groups: Readonly<Record<string, readonly Rule[]>>): string {
  const rules = Object.values(groups).flat();
  const style = rules.filter((rule) => rule.kind === "workflow" && rule.isStyle);
  const parts = [
    introduction(style.map(({ id }) => `[${id}](#${id})`)),
    "## All rules",
    table(
      ["rule", "level", "severity", "what must hold"],
      rules.map(({ id, level, severity, description }) => [
        `[${id}](#${id})`,
        level,
        severity,
        description,
      ]),
    ),
    ...Object.entries(groups).flatMap(([subject, members]) => [
      `## ${subject}`,
      ...members.map(ruleSection),
    ]),
    removalGuard,
  ];
  return `${parts.join("\n\n")}\n`;
}

const introduction = (
  style: readonly string[],
) => `<!-- Written by docs/write-policies.ts from the rules in policy/: npm run docs -->

# What the policy pack enforces

\`pulumi preview --policy-pack node_modules/ghcr-fleet/policy\` judges the fleet, and any other program that uses
\`@pulumi/github\`: a plain \`RepositoryFile\` or \`ActionsSecret\` is held to the same rules. A violation
of a mandatory rule stops \`preview\` and \`up\`; one of an advisory rule is only reported.

\`ghcr-fleet check [paths...]\` judges workflow files and actions by the same rules without engine and
network: those of this checkout, or files, folders, patterns in quotes (\`'**/*.yml'\`), and \`-\` for standard
input, whose path \`--stdin-filename\` gives. \`ghcr-fleet check --stack <name>\` judges the fleet that \`Pulumi.<name>.yaml\` describes: each repository that it
names, and one for each other entry. It names what only GitHub, the token or the state knows,
and writes SARIF for code scanning (\`--sarif\`) or JSON: a document of \`version\` 1 with the \`files\` that
were judged, what stayed \`open\`, and \`findings\`, each with \`rule\`, \`level\`, \`severity\`, \`message\`, \`fix\`,
\`source\`, and the \`path\` and \`line\` where it has one. It ends with 3 where a mandatory rule is broken,
and with 2 where a path, an option or a configuration is wrong. Code scanning accepts 25,000 findings: of more,
SARIF contains the mandatory ones first, and the number of those left out.

An update is judged by the workflow files that it writes, as it writes them. The files that people write, of which a repair
changes only logins and permissions, are judged by \`ghcr-fleet check\` in a checkout, and on GitHub by \`ghcr-fleet report\`:
what is broken there stops no update, and the rules about style (${style.join(", ")}) are advisory.

A value that preview does not know yet is reported as open, and is judged before its resource is created.
Where a rule names ghcr.io or github.com, it means the registry and the host of the fleet.
No message quotes a value: messages name the resource, the file and the line, the rule and the fix.

Without \`--policy-pack\`, a plain \`pulumi preview\` or \`up\` says nothing of all this, of a missing Dockerfile for
example: what the provider found is in the resource (\`missingDockerfile\`, with \`--diff\`), and the rules make a message of
it. The provider adds no warning of its own, because it does not learn from the engine whether a pack judges the run, and
each finding would be reported twice. \`ghcr-fleet preview\`, \`rollout\`, \`rotate\` and \`drift --fix\` always use the pack.

## Configuration

\`pulumi preview --policy-pack node_modules/ghcr-fleet/policy --policy-pack-config policy.json\`, and
with the same option \`ghcr-fleet check\`, \`preview\`, \`rollout\`, \`rotate\`, \`drift\` and \`report\`:

\`\`\`json
{
  "pat-expiry-max": { "maxDays": 30 },
  "workflow-bounded": "disabled",
  "workflow-pinned": {
    "enforcementLevel": "remediate",
    "allowed": ["actions/setup-node@<40 hex digits> # v6.1.0"],
    "exceptions": [
      {
        "for": "legacy-api",
        "owner": "platform team",
        "reason": "moves to the new build in March",
        "until": "2026-03-31"
      }
    ]
  }
}
\`\`\`

Every rule has the settings \`enforcementLevel\` (\`mandatory\`, \`advisory\`, \`disabled\`, and \`remediate\` where the
rule can repair its findings) and \`exceptions\`: \`for\` names a repository or a resource; owner, reason
and a date at most 90 days away are required; without them the exception has no effect and
[exception-expiry](#exception-expiry) is violated. With \`pulumi\`, a misspelt rule or
setting is ignored, and the default applies; \`ghcr-fleet\` refuses such a configuration, and lists all
its problems.`;

/** A policy sees only declared resources, never removals. */
const removalGuard = `## Outside the pack

A policy does not see removals. The ghcr provider itself limits them: one update removes at most 25 % of
the fleet, unless the number is confirmed (\`GHCR_FLEET_ALLOW_REMOVALS\`). This also applies to a plain
\`pulumi preview\`.`;

function ruleSection(rule: Rule): string {
  const remediates = rule.kind === "workflow" && rule.remediate !== undefined;
  const lines = [
    `### ${rule.id}`,
    `${rule.description} *${rule.level}, ${rule.severity}*`,
    `- **Fix:** ${rule.remediation}${remediates ? " Or let the rule do it: `remediate`." : ""}\n` +
      `- **Sees:** ${rule.sees}\n` +
      `- **Source:** <${rule.source}>`,
  ];
  if (rule.thresholds) lines.push(thresholdTable(rule.thresholds));
  return lines.join("\n\n");
}

function thresholdTable({ properties }: PolicyConfigSchema): string {
  const rows = Object.entries(properties).map(([name, schema]) => [
    `\`${name}\``,
    schema.default === undefined ? "none" : `\`${JSON.stringify(schema.default)}\``,
    range(schema),
    schema.description ?? "",
  ]);
  return table(["setting", "default", "range", "meaning"], rows);
}

function range({ type, minimum, maximum }: PolicyConfigSchema["properties"][string]): string {
  return minimum === undefined ? String(type) : `${minimum} to ${maximum}`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
