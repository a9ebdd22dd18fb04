import type {
  FileChange,
  RepositoryChanges,
  StackPreview,
} from "../../../src/operations/preview/stack-preview.ts";

/** A preview without anything to report except the given parts. */
export function aPreview(given: Partial<StackPreview> = {}): StackPreview {
  return {
    stack: "acme",
    outcome: "ready",
    changes: [],
    skipped: {},
    waiting: [],
    leftBehind: [],
    drift: { judged: true, resources: [] },
    rules: [],
    openRules: [],
    budget: { requests: 1, writes: 0, graphqlPoints: 2, contentWrites: 0, seconds: 0 },
    token: {
      used: true,
      owner: "acme-publisher",
      expiresAt: "2027-01-23T00:00:00.000Z",
      daysLeft: 59,
      withheld: false,
    },
    warnings: [],
    failures: [],
    untried: [],
    missingRights: [],
    ...given,
  };
}

/** A preview with news, and with what a person may want to stop: a broken rule, a file that is replaced, a warning. */
export function aPreviewToStop(): StackPreview {
  const change = aChange("api", 1);
  const [resource] = change.resources;
  const files = (resource?.files ?? []).map((file) => ({ ...file, kind: "replaced" as const }));
  const replacing: RepositoryChanges = {
    ...change,
    resources: [{ ...resource!, files }],
    delivery: { by: "pull-request", branch: "main", why: 'ruleset "protect main"' },
  };
  return aPreview({
    changes: [replacing],
    skipped: { old: "archived: unarchive it to bring it in" },
    warnings: ["web: its login is not repaired"],
    rules: [
      { rule: "some-advice", level: "advisory", subject: "api", message: "must be nicer." },
      { rule: "required-checks-kept", level: "mandatory", subject: "api", message: "must keep." },
    ],
  });
}

/** A repository whose ci.yml gets this number of lines of its own. */
export function aChange(repository: string, lines: number): RepositoryChanges {
  const text = Array.from({ length: lines }, (_, line) => `+line ${line} of ${repository}`);
  return {
    repository,
    resources: [aFileChange([`@@ -0,0 +1,${lines} @@`, ...text].join("\n"), lines)],
  };
}

function aFileChange(diff: string, added: number): RepositoryChanges["resources"][number] {
  const file: FileChange = {
    path: ".github/workflows/ci.yml",
    kind: "added",
    added,
    removed: 0,
    diff,
  };
  return { operation: "create", what: "workflow files", properties: [], files: [file] };
}
