import { personAt } from "../world/actor.ts";
import { timestamp, type Clock } from "../clock.ts";
import type { Seed, SeedRepository } from "../seed.ts";
import type { AuthenticatedActor } from "../world/actor.ts";
import { noRule } from "../world/repositories/branch-rules.ts";
import {
  createEnvironment,
  createRepository,
  defaultActionsSettings,
} from "../world/repositories/create-repository.ts";
import { defaultOrganisationSettings } from "../world/state/organisation-settings.ts";
import { putSecret } from "../world/secrets/secret-stores.ts";
import type { SecretLocation } from "../world/find-secrets.ts";
import { createSecretStore } from "../world/secrets/sodium.ts";
import type { Organisation } from "../world/state/accounts.ts";
import type { State } from "../world/state/state.ts";
import type { Variable } from "../world/state/secrets.ts";
import { mintTokenValue } from "../world/tokens.ts";
import { World } from "../world/world.ts";
import { blobChange, commitFiles } from "../world/repositories/write-refs.ts";
import { growFiles } from "./grow-files.ts";
import { plantApps } from "./plant-apps.ts";
import { plantTeams } from "./plant-teams.ts";

const day = 86_400_000;

/** Creates the world of a seed; `tokens` gives values to named tokens, and `keys` private keys to Apps. */
export function plantSeed(
  seed: Seed,
  clock: Clock,
  tokens: Readonly<Record<string, string>> = {},
  keys: Readonly<Record<string, string>> = {},
): World {
  const world = new World(emptyState(), clock);
  const created = timestamp(clock.now() - 400 * day);
  for (const user of seed.users) {
    world.state.users.set(user.login.toLowerCase(), {
      kind: "user",
      id: world.nextId(),
      login: user.login,
      name: user.name ?? user.login,
      email: `${user.login}@users.noreply.github.com`,
      createdAt: created,
      keys: [],
    });
  }
  const organisation = plantOrganisation(world, seed, created);
  for (const repository of seed.repositories) plantRepository(world, seed, repository);
  plantTeams(world, founder(seed), organisation, seed.teams);
  plantOrganisationItems(world, seed);
  for (const token of seed.tokens) {
    const { expiresAt, expiresInDays } = token;
    const fromNow =
      expiresInDays === undefined ? null : timestamp(clock.now() + expiresInDays * day);
    world.state.tokens.set(token.name, {
      name: token.name,
      kind: token.kind,
      owner: token.owner,
      scopes: token.scopes,
      permissions: token.permissions,
      repositories: token.repositories?.map(
        (name) => world.repository(`${seed.organisation.login}/${name}`).id,
      ),
      value: tokens[token.name] ?? mintTokenValue(token.kind),
      createdAt: created,
      expiresAt: expiresAt ?? fromNow,
    });
  }
  plantApps(world, seed, created, keys);
  world.state.auditLog.length = 0;
  return world;
}

function emptyState(): State {
  return {
    nextId: 1000,
    users: new Map(),
    organisations: new Map(),
    repositories: new Map(),
    redirects: new Map(),
    tokens: new Map(),
    apps: new Map(),
    auditLog: [],
  };
}

function plantOrganisation(
  world: World,
  { organisation, users }: Seed,
  createdAt: string,
): Organisation {
  const members = users.flatMap(({ login, role }) =>
    role === "none" ? [] : [[login.toLowerCase(), role] as const],
  );
  const planted: Organisation = {
    kind: "organisation",
    id: world.nextId(),
    login: organisation.login,
    name: organisation.name ?? organisation.login,
    email: `hello@${organisation.login}.example`,
    plan: organisation.plan,
    createdAt,
    defaultBranch: organisation.defaultBranch,
    basePermission: organisation.basePermission,
    members: new Map(members),
    invitations: new Map(),
    teams: new Map(),
    actions: {
      ...defaultActionsSettings(organisation.defaultWorkflowPermissions),
      enabledRepositories: "all",
    },
    selectedRepositories: new Set(),
    secrets: createSecretStore(),
    dependabotSecrets: createSecretStore(),
    codespacesSecrets: createSecretStore(),
    variables: new Map(),
    rulesets: [],
    oidcClaimKeys: ["repo", "context"],
    properties: new Map(),
    webhooks: [],
    settings: defaultOrganisationSettings(organisation.plan),
    auditLogAddresses: organisation.auditLogAddresses,
  };
  world.state.organisations.set(organisation.login.toLowerCase(), planted);
  return planted;
}

function plantRepository(world: World, seed: Seed, planted: SeedRepository): void {
  const owner = planted.owner ?? seed.organisation.login;
  const author = planted.owner === undefined ? founder(seed) : personAt(planted.owner);
  const repository = createRepository(world, owner, planted.name, {
    description: planted.description ?? null,
    visibility: planted.visibility,
    language: planted.empty ? null : (planted.language ?? null),
    topics: planted.topics,
    defaultBranch: planted.defaultBranch ?? seed.organisation.defaultBranch,
    collaborators: new Map(
      Object.entries(planted.collaborators).map(([login, role]) => [login.toLowerCase(), role]),
    ),
  });
  if (!planted.empty) {
    const changes = Object.entries(growFiles(planted)).map(
      ([path, text]) => [path, blobChange(repository, Buffer.from(text))] as const,
    );
    const person = {
      name: author.login,
      email: `${author.login}@users.noreply.github.com`,
      date: world.now(),
    };
    const oid = commitFiles({ world, actor: author }, repository, {
      branch: repository.defaultBranch,
      message: "Initial commit",
      changes: new Map(changes),
      author: person,
      committer: person,
      signed: false,
    });
    for (const branch of planted.branches) repository.refs.set(`refs/heads/${branch}`, oid);
  }
  if (planted.defaultWorkflowPermissions !== undefined) {
    repository.actions.defaultWorkflowPermissions = planted.defaultWorkflowPermissions;
  }
  repository.rules = planted.rules.map((rule) => ({ ...noRule, id: world.nextId(), ...rule }));
  const location = `${owner}/${planted.name}`;
  plantItems(world, { scope: "repository", repository: location }, repository, planted, author);
  for (const [name, items] of Object.entries(planted.environments)) {
    const environment = createEnvironment(world, repository, name);
    const scope = { scope: "environment", repository: location, environment: name } as const;
    plantItems(world, scope, environment, items, author);
  }
  repository.archived = planted.archived;
  repository.disabled = planted.disabled;
}

function plantItems(
  world: World,
  location: SecretLocation,
  holder: { variables: Map<string, Variable> },
  items: { secrets: Record<string, string>; variables: Record<string, string> },
  author: AuthenticatedActor,
): void {
  for (const [name, value] of Object.entries(items.secrets)) {
    putSecret({ world, actor: author }, location, name, value);
  }
  for (const [name, value] of Object.entries(items.variables)) {
    holder.variables.set(name.toUpperCase(), plantedVariable(world, name, value));
  }
}

function plantOrganisationItems(world: World, seed: Seed): void {
  const { login, secrets, variables } = seed.organisation;
  const idsOf = (names: string[]) =>
    new Set(names.map((name) => world.repository(`${login}/${name}`).id));
  for (const [name, { value, visibility, repositories }] of Object.entries(secrets)) {
    const location = { scope: "organisation", organisation: login } as const;
    const selected = idsOf(repositories);
    putSecret({ world, actor: founder(seed) }, location, name, value, { visibility, selected });
  }
  for (const [name, { value, visibility, repositories }] of Object.entries(variables)) {
    world.findOrganisation(login)?.variables.set(name.toUpperCase(), {
      ...plantedVariable(world, name, value),
      visibility,
      selected: idsOf(repositories),
    });
  }
}

function plantedVariable(world: World, name: string, value: string): Variable {
  const now = world.now();
  return {
    name: name.toUpperCase(),
    value,
    visibility: "all",
    selected: new Set(),
    createdAt: now,
    updatedAt: now,
  };
}

/** The author of the seed's commits and secrets in the organisation. */
function founder(seed: Seed): AuthenticatedActor {
  const login = seed.users.find(({ role }) => role === "admin")?.login;
  return personAt(login ?? seed.organisation.login);
}
