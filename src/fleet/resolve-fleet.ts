import type { Account } from "../account.ts";
import { registryOf } from "../github-host.ts";
import { listed } from "../format-text.ts";
import { UsageError } from "../user-error.ts";
import { assertForHost } from "./assert-for-host.ts";
import type { FleetConfig, RepositorySettings } from "./fleet-config.ts";
import {
  buildsOf,
  sharedInputs,
  sharingSecret,
  type ActionsSettings,
  type Fleet,
  type FleetRepository,
  type ImageBuild,
  type ImagesOfRepository,
  type SecretScope,
} from "./fleet.ts";
import type { BuildSettings, ImageSettings } from "./images/image-settings.ts";
import { namePatterns } from "./name-patterns.ts";
import { assertNone, problemOf } from "./problems.ts";
import { assertRunnersUsed } from "./images/assert-runners-used.ts";
import { assertSharedForm, resolveShared } from "./shared/resolve-shared.ts";
import type { FoundRepository, Selection } from "./selection/select-repositories.ts";

/**
 * Merges defaults and overrides. Only this function decides what exists.
 *
 * @throws {UsageError} several repositories would publish to one image, a repository's name cannot be
 *   turned into an image's name, a platform has a runner and is not built, a setting does not exist for the
 *   kind of owner or host, or nothing says which registry the host has
 */
export function resolveFleet(config: FleetConfig, account: Account, selection: Selection): Fleet {
  const fleet = resolveSelection(config, account, selection);
  assertRunnersUsed(
    config,
    selection.selected.map(({ settings }, index) => ({
      settings,
      repository: fleet.repositories[index],
    })),
  );
  return fleet;
}

/** The same for a part of the fleet, or without its settings: what no repository uses may be used elsewhere. */
export function resolveSelection(
  config: FleetConfig,
  account: Account,
  selection: Selection,
): Fleet {
  const { owner, ownerKind } = account;
  const registry = registryOf(account.host, config.registry);
  const scope = secretScope(config, ownerKind);
  const repositories = selection.selected.map(({ repository, settings }) =>
    resolveRepository(repository, merge([config.defaults, ...settings]), merge(settings), scope),
  );
  assertOwnImages(`${registry}/${owner.toLowerCase()}`, repositories);
  assertNone([
    ...bootstrapProblems(repositories),
    ...(ownerKind === "User" ? userProblems(config, owner, repositories) : []),
  ]);
  assertForHost(account.host, repositories);
  const { name, environment } = config.secret;
  const secret = { name, scope, environment };
  const basis = resolveRepository(centralStandIn, config.defaults, {}, scope);
  const shared = resolveShared(config, owner, selection.central, basis);
  assertSharedForm(repositories, shared);
  const { skipped } = selection;
  const expectedWorkflows = config.audit.workflows;
  return { ...account, registry, secret, shared, repositories, skipped, expectedWorkflows };
}

/** What no token of the fleet may do: publish a first image. */
function bootstrapProblems(repositories: readonly FleetRepository[]): string[] {
  return problemOf(
    repositories.filter((each) => each.credential === "job-token" && each.package.bootstrap),
    (names) =>
      `fleet: package.bootstrap of ${names}: with credential: job-token only runs publish, so the fleet cannot publish a first image; write bootstrap: false there`,
  );
}

/** Stands for a repository that overrides nothing. */
const centralStandIn: FoundRepository = {
  name: "central",
  id: 0,
  visibility: "private",
  archived: false,
  disabled: false,
  empty: false,
  defaultBranch: "main",
  topics: [],
};

/**
 * Settings that exist in organisations only.
 *
 * @see https://docs.github.com/en/packages/learn-github-packages/about-permissions-for-github-packages#visibility-and-access-permissions-for-packages
 */
function userProblems(
  { secret }: FleetConfig,
  owner: string,
  repositories: readonly FleetRepository[],
): string[] {
  const where = `${owner} is a user account, and only organisations have`;
  const sharing = `${where} secrets for several repositories; remove scope, or write repository`;
  if (secret.scope === "organization") return [`fleet.secret.scope: ${sharing}`];
  return [
    ...problemOf(
      sharingSecret(repositories),
      (names) => `fleet: secret.scope of ${names}: ${sharing}`,
    ),
    ...problemOf(
      repositories.filter((each) => each.workflows.storageRecord),
      (names) =>
        `fleet: workflows.storageRecord of ${names}: ${where} a page of linked artifacts; remove it`,
    ),
    ...problemOf(
      repositories.filter((each) => each.package.visibility === "internal"),
      (names) =>
        `fleet: package.visibility of ${names}: ${where} internal packages; write private or public`,
    ),
  ];
}

/**
 * @param settings with the defaults
 * @param own without them
 */
function resolveRepository(
  found: FoundRepository,
  settings: RepositorySettings,
  own: RepositorySettings,
  fleetScope: SecretScope,
): FleetRepository {
  const images = resolveImages(settings);
  return {
    name: found.name,
    id: found.id,
    visibility: found.visibility,
    credential:
      settings.credential === "job-token" ? "job-token" : (settings.secret?.scope ?? fleetScope),
    branch: settings.branch ?? found.defaultBranch ?? "main",
    mergeQueue:
      found.mergeQueue === true && (settings.branch ?? found.defaultBranch) === found.defaultBranch,
    ...(images.build?.[0] ?? resolveBuild(settings, settings.image ?? imageNameOf(found.name))),
    images,
    timeoutMinutes: settings.timeoutMinutes ?? 30,
    workflows: {
      mode: settings.workflows?.mode ?? "auto",
      replaceSecrets: settings.workflows?.replaceSecrets ?? [],
      deadPatFallback: settings.workflows?.deadPatFallback ?? false,
      jobName: settings.workflows?.jobName,
      pullRequestLogin: settings.workflows?.pullRequestLogin ?? "none",
      storageRecord: settings.workflows?.storageRecord ?? false,
      newerPins: settings.workflows?.newerPins ?? "keep",
      lockfile: settings.workflows?.lockfile ?? "keep",
    },
    form: settings.form ?? "inline",
    passed: sharedInputs.filter((name) => isGiven(own[name])),
    delivery: settings.delivery ?? "commit",
    pullRequests: resolvePullRequests(found.name, settings),
    onRemove: settings.onRemove ?? "keep",
    actions: resolveActions(settings),
    package: {
      visibility: settings.package?.visibility,
      bootstrap: settings.package?.bootstrap ?? false,
    },
  };
}

function resolveImages(settings: RepositorySettings): ImagesOfRepository {
  const { images = [] } = settings;
  const none = { build: undefined, instead: undefined, add: [] };
  if (!Array.isArray(images)) return { ...none, add: images.add };
  if (settings.images === undefined) return none;
  const builds = builtImages(settings);
  if (builds.length === 0)
    return { ...none, instead: images.filter((each) => typeof each === "string") };
  const build = builds.map((each) => resolveBuild(mergeBuild(settings, each), each.image));
  return { ...none, build };
}

function resolveBuild(settings: BuildSettings, image: string): ImageBuild {
  return {
    image,
    context: withoutDots(settings.context ?? "."),
    dockerfile: withoutDots(settings.dockerfile ?? "Dockerfile"),
    target: settings.target,
    platforms: settings.platforms ?? ["linux/amd64"],
    buildArgs: settings.buildArgs ?? {},
    secrets: settings.secrets ?? {},
    runner: settings.runner ?? "ubuntu-24.04",
    runners: settings.runners ?? {},
  };
}

/** @throws {UsageError} a draft is not merged by GitHub */
function resolvePullRequests(
  name: string,
  { pullRequests = {} }: RepositorySettings,
): FleetRepository["pullRequests"] {
  if (pullRequests.draft && pullRequests.autoMerge) {
    throw new UsageError(
      `fleet: pullRequests of ${name}: draft and autoMerge exclude each other, because GitHub merges no drafts; remove one of them`,
    );
  }
  return Object.keys(pullRequests).length > 0 ? pullRequests : undefined;
}

function resolveActions({ actions = {} }: RepositorySettings): ActionsSettings {
  const { tokenPermissions = "unmanaged", requirePinnedActions, allowed } = actions;
  return {
    tokenPermissions: tokenPermissions === "unmanaged" ? undefined : tokenPermissions,
    requirePinnedActions,
    allowed,
  };
}

/** Scopes that the configuration gives to secrets, whichever repositories it selects. */
export function namedScopes(
  { secret, defaults, repositories }: FleetConfig,
  ownerKind: Account["ownerKind"],
): SecretScope[] {
  const whole = defaults.secret?.scope ?? secretScope({ secret }, ownerKind);
  const own = repositories.flatMap((entry) => entry.secret?.scope ?? []);
  return [...new Set([whole, ...own])];
}

/** Where the secret is of repositories that set no scope, for a kind of owner. */
function secretScope(
  { secret }: Pick<FleetConfig, "secret">,
  ownerKind: Account["ownerKind"],
): SecretScope {
  return secret.scope ?? (ownerKind === "User" ? "repository" : "organization");
}

/**
 * Later settings override earlier ones; maps (build arguments and secrets, runners, settings of Actions,
 * workflows, the package, pull requests, the secret) are merged key by key.
 */
function merge(layers: readonly RepositorySettings[]): RepositorySettings {
  return layers.reduce<RepositorySettings>(
    (merged, layer) => ({
      ...mergeBuild(withoutReplacedImages(merged, layer), layer),
      actions: { ...merged.actions, ...layer.actions },
      workflows: { ...merged.workflows, ...layer.workflows },
      package: { ...merged.package, ...layer.package },
      pullRequests: { ...merged.pullRequests, ...layer.pullRequests },
      secret: { ...merged.secret, ...layer.secret },
    }),
    {},
  );
}

/** One `image` replaces the maps of an earlier layer: both say what is built. */
function withoutReplacedImages(
  merged: RepositorySettings,
  { image, images }: RepositorySettings,
): RepositorySettings {
  const isReplaced = image !== undefined && images === undefined && builtImages(merged).length > 0;
  return isReplaced ? { ...merged, images: undefined } : merged;
}

function builtImages({ images = [] }: RepositorySettings): ImageSettings[] {
  if (!Array.isArray(images)) return [];
  return images.filter((each): each is ImageSettings => typeof each === "object");
}

/** An empty map comes from merging none. */
function isGiven(value: unknown): boolean {
  return typeof value === "object" && value !== null
    ? Object.keys(value).length > 0
    : value !== undefined;
}

function mergeBuild<Outer extends BuildSettings, Inner extends BuildSettings>(
  outer: Outer,
  inner: Inner,
): Outer & Inner {
  return {
    ...outer,
    ...inner,
    buildArgs: { ...outer.buildArgs, ...inner.buildArgs },
    secrets: { ...outer.secrets, ...inner.secrets },
    runners: { ...outer.runners, ...inner.runners },
  };
}

/** GHCR refuses upper case, and several separators in a row: `My.Service_` becomes `my.service`. */
function imageNameOf(repository: string): string {
  const lower = repository.toLowerCase();
  if (namePatterns.image.test(lower)) return lower;
  const name = lower.replace(/[._-]+/g, (run) => run.charAt(0)).replace(/^[._-]|[._-]$/g, "");
  if (name !== "") return name;
  throw new UsageError(
    `fleet.repositories: no image can be called "${repository}"; give that repository an \`image\` of its own`,
  );
}

/** Git has no path `./Dockerfile`, and `./` is the root. */
function withoutDots(path: string): string {
  const steps = path.split("/").filter((step) => step !== ".");
  return steps.join("/") || ".";
}

/**
 * Two repositories that publish to one image overwrite each other's, and only one of them is linked to
 * the package. Causes are an `image` in the defaults, or names that GHCR does not distinguish, such as
 * `a_b` and `a___b`.
 *
 * @param place registry and owner: "ghcr.io/acme"
 * @throws {UsageError} lists every image that more than one repository publishes to
 */
export function assertOwnImages(place: string, repositories: readonly FleetRepository[]): void {
  const byImage = new Map<string, string[]>();
  for (const repository of repositories) {
    for (const { image } of buildsOf(repository))
      byImage.set(image, [...(byImage.get(image) ?? []), repository.name]);
  }
  const problems = [...byImage]
    .filter(([, names]) => names.length > 1)
    .map(
      ([image, names]) =>
        `fleet.repositories: ${listed(names)} publish to one image, ${place}/${image}, and would overwrite each other's; give all but one of them an \`image\` of their own`,
    );
  assertNone(problems);
}
