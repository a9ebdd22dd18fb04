import type { View } from "../serializers/view.ts";
import { parse } from "yaml";
import type { ActionsEvent } from "../actions/host/actions-event.ts";
import { lastDue } from "../actions/language/cron.ts";
import { commonPayload } from "../webhooks/webhook-payloads.ts";
import {
  branchHead,
  entryAt,
  readCommit,
  readTree,
  treeOf,
} from "../world/objects/repository-git.ts";
import type { Repository } from "../world/state/repository.ts";

/** How often the time is checked if the clock does not report jumps: twice a minute. */
const interval = 30_000;

/**
 * Reports the cron lines of the default branches when they are due. If a virtual clock jumps, each line
 * counts once in that span, with the last time at which it was due.
 * @returns a function that stops it
 */
export function startSchedule(view: View, report: (event: ActionsEvent) => void): () => void {
  const { world } = view;
  const { clock } = world;
  const read = createReader();
  let checked = clock.now();
  const check = () => {
    const now = clock.now();
    const after = checked;
    checked = now;
    if (now <= after) return;
    for (const repository of world.state.repositories.values()) {
      for (const cron of read(repository)) {
        if (lastDue(cron, after, now) !== undefined) report(scheduled(view, repository, cron));
      }
    }
  };
  if (clock.onAdvance !== undefined) return clock.onAdvance(check);
  const timer = setInterval(check, interval);
  timer.unref();
  return () => clearInterval(timer);
}

function scheduled(view: View, repository: Repository, cron: string): ActionsEvent {
  const { owner, name, defaultBranch } = repository;
  const sha = branchHead(repository, defaultBranch) ?? "";
  const { email } = readCommit(repository, sha).author;
  // "The last user to commit to the cron syntax"; here to the branch.
  const actor = view.world.findUserByEmail(email)?.login ?? owner;
  return {
    name: "schedule",
    owner,
    repo: name,
    sha,
    ref: `refs/heads/${defaultBranch}`,
    actor,
    payload: { schedule: cron, ...commonPayload(view, { repository }, actor) },
  };
}

/** Reads the cron lines of a repository's workflows; again only if its branch has moved. */
function createReader(): (repository: Repository) => readonly string[] {
  const known = new Map<number, { head: string; lines: readonly string[] }>();
  return (repository) => {
    const head = branchHead(repository, repository.defaultBranch);
    if (head === undefined) return [];
    const before = known.get(repository.id);
    if (before?.head === head) return before.lines;
    const lines = [...new Set(workflowTexts(repository, head).flatMap(cronLines))];
    known.set(repository.id, { head, lines });
    return lines;
  };
}

function workflowTexts(repository: Repository, commit: string): string[] {
  const folder = entryAt(repository, treeOf(repository, commit), ".github/workflows");
  if (folder === undefined || repository.objects.get(folder.oid)?.type !== "tree") return [];
  return readTree(repository, folder.oid)
    .filter(({ name }) => /\.ya?ml$/.test(name))
    .map(({ oid }) => Buffer.from(repository.objects.get(oid)?.body ?? []).toString("utf8"));
}

function cronLines(text: string): string[] {
  if (!text.includes("schedule")) return [];
  try {
    const { on } = parse(text) as { on?: { schedule?: readonly { cron?: unknown }[] } };
    return (on?.schedule ?? []).flatMap(({ cron }) => (typeof cron === "string" ? cron : []));
  } catch {
    // Invalid YAML starts nothing; this was reported at its push.
    return [];
  }
}
