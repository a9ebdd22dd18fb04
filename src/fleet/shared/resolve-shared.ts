import { UsageError } from "../../user-error.ts";
import type { FleetConfig } from "../fleet-config.ts";
import type { Fleet, FleetRepository, SharedWorkflow } from "../fleet.ts";
import { assertNone, problemOf } from "../problems.ts";
import { assertOwnShared, type FoundRepository } from "../selection/select-repositories.ts";

/**
 * The fleet's shared workflow: what it says for all callers is what the defaults say.
 *
 * @param found the central repository on GitHub; absent where only the configuration is known
 * @param basis a repository that has the defaults only
 * @throws {UsageError} it belongs to somebody else, or cannot be written to
 */
export function resolveShared(
  { shared }: Pick<FleetConfig, "shared">,
  owner: string,
  found: FoundRepository | undefined,
  basis: FleetRepository,
): SharedWorkflow | undefined {
  if (!shared) return undefined;
  assertOwnShared(shared.repository, owner);
  const [, repository = ""] = shared.repository.split("/");
  const at = "fleet.shared.repository";
  if (found?.archived) {
    throw new UsageError(`${at}: ${shared.repository} is archived; unarchive it, or name another`);
  }
  if (found && (found.empty || !found.defaultBranch)) {
    throw new UsageError(`${at}: ${shared.repository} is empty; push a first commit`);
  }
  if (buildsMore(basis)) {
    throw new UsageError(
      "fleet.defaults: the shared workflow, which has the defaults, builds one image on one runner; remove images, target, secrets, runners and groups or lists of runners there, and write them below fleet.repositories with form: inline",
    );
  }
  const { context, dockerfile, platforms, buildArgs, runner, timeoutMinutes } = basis;
  return {
    repository: found?.name ?? repository,
    branch: shared.branch ?? found?.defaultBranch ?? "main",
    visibility: found?.visibility,
    ref: shared.ref,
    delivery: shared.delivery,
    access: shared.access,
    newerPins: basis.workflows.newerPins,
    onRemove: basis.onRemove,
    ...{ context, dockerfile, platforms, buildArgs, runner, timeoutMinutes },
  };
}

/**
 * Who may call the workflows of the central repository; nothing for a public one, which everybody may call.
 */
export function sharedAccess({
  ownerKind,
  shared,
}: Pick<Fleet, "ownerKind" | "shared">): "user" | SharedWorkflow["access"] | undefined {
  if (!shared || shared.visibility === "public") return undefined;
  return ownerKind === "User" ? "user" : shared.access;
}

/**
 * What GitHub does not allow callers, and what they have no place for.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations#access-to-reusable-workflows
 * @throws {UsageError} lists all problems
 */
export function assertSharedForm(
  repositories: readonly FleetRepository[],
  shared: SharedWorkflow | undefined,
): void {
  const callers = repositories.filter(
    ({ form, workflows: { mode } }) => form === "shared" && mode !== "repair" && mode !== "none",
  );
  const central = shared?.visibility;
  const form = (which: (caller: FleetRepository) => boolean, problem: string) =>
    problemOf(callers.filter(which), (names) => `fleet: form of ${names}: ${problem}`);
  assertNone([
    ...form(
      () => !shared,
      "shared needs the repository that holds the workflow; write fleet.shared.repository, such as acme/.github",
    ),
    ...form(
      ({ credential }) => credential === "environment",
      "a caller cannot pass the secret of an environment on; write secret.scope: organization or repository, or form: inline",
    ),
    ...form(
      buildsMore,
      "the shared workflow builds one image on one runner; remove what is below images as well as target, secrets, runners and groups or lists of runners, or write form: inline",
    ),
    ...form(
      ({ workflows }) => workflows.pullRequestLogin === "read",
      "the shared workflow has no login for pull requests; remove workflows.pullRequestLogin, or write form: inline",
    ),
    ...form(
      ({ workflows }) => workflows.storageRecord,
      "the shared workflow records no linked artifacts; remove workflows.storageRecord, or write form: inline",
    ),
    ...form(
      ({ visibility }) => central !== undefined && openness[visibility] > openness[central],
      `GitHub lets no repository call the workflows of a less visible one, and ${shared?.repository} is ${central}; make it as visible as its callers, or write form: inline for these`,
    ),
  ]);
}

/** What the shared workflow has no inputs for. */
function buildsMore({ images, target, secrets, runner, runners }: FleetRepository): boolean {
  const maps = [secrets, runners];
  return (
    images.build !== undefined ||
    target !== undefined ||
    typeof runner !== "string" ||
    maps.some((map) => Object.keys(map).length > 0)
  );
}

const openness = { private: 0, internal: 1, public: 2 } as const;
