import { checkWorkflows, workflowRules } from "../../../policy/check.ts";
import { configOf, type PolicyConfig } from "../../../policy/policy-config.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { readTexts } from "../../github/contents/read-files.ts";
import type { Policies } from "../../report/fleet-report.ts";
import type { StackMemory } from "../../operations/status/stack-memory.ts";
import type { FleetStatus, RepositoryStatus } from "../../operations/status/fleet-status.ts";
import { gitBlobId } from "../../github/contents/git-blob-id.ts";
import { newerPins, pinText } from "../../publishing/newer-pins.ts";
import { renderWritten } from "../../publishing/templates/render-repository.ts";

export interface JudgedFiles {
  readonly github: GitHubClient;
  readonly fleet: Fleet;
  readonly status: FleetStatus;
  readonly memory: Pick<StackMemory, "files">;
}

/**
 * Applies the policy rules to the fleet's workflow files as they are on GitHub. Files that are as the fleet
 * renders them are not read.
 */
export async function judgeFiles(
  stacks: readonly JudgedFiles[],
  { config = {}, now }: { readonly config?: PolicyConfig; readonly now: Date },
): Promise<Policies> {
  const violations = new Map<string, Policies["rules"][number]["violations"]>();
  let judged = 0;
  for (const { github, fleet, status, memory } of stacks) {
    for (const repository of status.repositories) {
      const pin = memory.files.get(repository.name.toLowerCase())?.pin;
      const { files, newerPins } = await textsOf(github, fleet, repository, pin);
      judged += files.length;
      const findings = await checkWorkflows(files, {
        repository: `${fleet.owner}/${repository.name}`,
        managed: repository.workflows === "template",
        newerPins,
        branch: repository.branch,
        declaredSecret: fleet.secret.name,
        host: { registry: fleet.registry, web: fleet.host.web },
        config,
        now,
      });
      for (const { rule, level, path = "", line, message } of findings) {
        const page = repository.files.find((file) => file.path === path)?.url;
        const found = violations.get(rule.id) ?? [];
        violations.set(rule.id, found);
        found.push({
          stack: status.stack,
          repository: repository.name,
          path,
          line,
          level,
          message,
          url: page === undefined ? null : `${page}#L${line}`,
        });
      }
    }
  }
  return {
    files: judged,
    rules: workflowRules.flatMap((rule) => {
      const { id, severity, description, remediation, source } = rule;
      const { level } = configOf(rule, config);
      if (level === "disabled") return [];
      const found = violations.get(id) ?? [];
      return [{ id, level, severity, description, remediation, source, violations: found }];
    }),
  };
}

/** A file that cannot be read is not judged; the status reports that it differs. */
async function textsOf(
  github: GitHubClient,
  fleet: Fleet,
  { name, branch, head, files }: RepositoryStatus,
  pin: string | undefined,
): Promise<{ files: { path: string; text: string }[]; newerPins: string }> {
  const repository = fleet.repositories.find((each) => each.name === name);
  const rendered = repository ? renderWritten(fleet, repository, { pin }) : {};
  const paths = (wanted: string) =>
    files.filter(({ state }) => state === wanted).map(({ path }) => path);
  // Those with later versions of their actions count as rendered, and have another text.
  const isRendered = (path: string) =>
    files.find((each) => each.path === path)?.blob === gitBlobId(rendered[path] ?? "");
  const inSync = paths("in-sync");
  const read = await readTexts(
    github,
    { owner: fleet.owner, repository: name, revision: head ?? branch },
    [...paths("edited"), ...inSync.filter((path) => !isRendered(path))],
  ).catch((): Record<string, string> => ({}));
  const texts = { ...pick(rendered, inSync.filter(isRendered)), ...read };
  return {
    files: Object.entries(texts).map(([path, text]) => ({ path, text })),
    newerPins: newerPins(rendered, pick(read, inSync)).map(pinText).join("\n"),
  };
}

function pick(texts: Readonly<Record<string, string>>, paths: readonly string[]) {
  return Object.fromEntries(
    paths.flatMap((path) => {
      const text = texts[path];
      return text === undefined ? [] : [[path, text] as const];
    }),
  );
}
