import type { View } from "../serializers/view.ts";
import type { ActionsHost } from "../actions/host/actions-host.ts";
import { openRepository } from "../http/access.ts";
import { ApiError } from "../http/api-error.ts";
import type { ApiContext } from "../http/env.ts";
import { simpleUserByLogin } from "../serializers/account.ts";
import { minimalRepository } from "../serializers/repository.ts";
import { can, canSee } from "../world/accounts/permissions.ts";
import { rulesFor } from "../world/repositories/branch-rules.ts";
import { actorName, type Actor } from "../world/actor.ts";
import type { Repository } from "../world/state/repository.ts";
import type { Secret } from "../world/state/secrets.ts";
import { actionsRepository } from "./actions-repository.ts";
import { auditJobs } from "./audit-jobs.ts";
import { enterEnvironment } from "./enter-environment.ts";
import { filesOfWorld } from "./files-of-world.ts";
import { historyOfWorld } from "./history-of-world.ts";
import { jobTokens } from "./job-tokens.ts";
import { scopedItems } from "../world/find-secrets.ts";

export interface ActionsPlace {
  /** Base URL of the web pages. */
  serverUrl: string;
  registryName: string;
  /** Base URL of the registry. */
  registryUrl: string;
  log: (line: string) => void;
}

/** Dependabot has no secrets in environments. */
const noItems: Map<string, Secret> = new Map();

/** The runner's view of the simulated GitHub. */
export function actionsOfWorld(view: View, place: ActionsPlace): ActionsHost {
  const { world, api } = view;
  const itemsOf = (
    owner: string,
    repo: string,
    environment: string | undefined,
    of: Parameters<typeof scopedItems>[3],
  ) => scopedItems(world, world.repository(`${owner}/${repo}`), environment, of);
  return {
    ...place,
    apiUrl: api,
    now: () => new Date(world.clock.now()),
    repository(owner, repo) {
      const found = world.followRepository(owner, repo);
      return found && actionsRepository(world, found);
    },
    isProtected: (owner, repo, branch) =>
      rulesFor(world, world.repository(`${owner}/${repo}`), branch).length > 0,
    ...filesOfWorld(world),
    ...historyOfWorld(world),
    secretsFor: (owner, repo, environment) =>
      itemsOf(owner, repo, environment, (holder) => holder.secrets.secrets),
    dependabotSecretsFor: (owner, repo) =>
      itemsOf(owner, repo, undefined, (holder) =>
        "dependabotSecrets" in holder ? holder.dependabotSecrets.secrets : noItems,
      ),
    variablesFor: (owner, repo, environment) =>
      itemsOf(owner, repo, environment, (holder) => holder.variables),
    enterEnvironment(owner, repo, environment, ref) {
      const repository = world.repository(`${owner}/${repo}`);
      return enterEnvironment(world, repository, environment, ref);
    },
    mayRead(owner, repo, token) {
      const repository = world.followRepository(owner, repo);
      const actor = world.authenticate(token);
      if (actor === undefined) return "bad-credentials";
      return repository !== undefined &&
        canSee({ world, actor }, repository) &&
        (repository.visibility === "public" || can({ world, actor }, "read", repository))
        ? "yes"
        : "no";
    },
    mayCallWorkflowsOf(called, caller) {
      const target = world.followRepository(called.owner, called.repo);
      const source = world.followRepository(caller.owner, caller.repo);
      return target !== undefined && source !== undefined && sharesWorkflows(target, source);
    },
    ...auditJobs(world),
    reportRun({ name, owner, repo, sender, payload }) {
      const repository = world.followRepository(owner, repo);
      if (repository === undefined) return;
      const known = payload as () => Record<string, unknown>;
      world.events.emit("webhook", { name, repository, sender, payload: known });
    },
    ...jobTokens(world),
    authorize(c, need) {
      // The runner's routes are below the simulator's, so this is the context of its middleware.
      const context = c as unknown as ApiContext;
      openRepository(context, "actions", need === "write" ? "write" : "read");
      if (need === "download") assertMayDownload(context.var.actor);
      return actorName(context.var.actor);
    },
    renderRepository: (owner, repo) =>
      minimalRepository(view, world.repository(`${owner}/${repo}`)),
    renderUser: (login) => simpleUserByLogin(view, login),
  };
}

/** Artifacts of public repositories need a token, too: https://github.com/github/docs/issues/36482 */
function assertMayDownload(actor: Actor): void {
  const isAnonymous = actor.kind === "anonymous";
  const lacksScope =
    actor.kind === "classic" &&
    !actor.scopes.includes("repo") &&
    !actor.scopes.includes("public_repo");
  if (!isAnonymous && !lacksScope) return;
  const message = "You must have the actions scope to download artifacts.";
  throw new ApiError(isAnonymous ? 401 : 403, message);
}

/**
 * Whether a repository may call the reusable workflows of another one: always those of public ones,
 * those of others in the same account if they are shared, and never from a more open repository.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations#access-to-reusable-workflows
 */
function sharesWorkflows(called: Repository, caller: Repository): boolean {
  if (called.id === caller.id || called.visibility === "public") return true;
  if (called.owner.toLowerCase() !== caller.owner.toLowerCase()) return false;
  if (called.actions.accessLevel === "none") return false;
  return openness[caller.visibility] <= openness[called.visibility];
}

const openness = { private: 0, internal: 1, public: 2 } as const;
