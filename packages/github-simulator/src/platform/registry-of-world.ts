import type { View } from "../serializers/view.ts";
import type {
  Account,
  Credential,
  RegistryHost,
  Repository as RegistryRepository,
} from "../registry/store/registry-host.ts";
import { simpleUserByLogin } from "../serializers/account.ts";
import { minimalRepository } from "../serializers/repository.ts";
import { hasRole, organisationRole, roleIn } from "../world/accounts/permissions.ts";
import type { Organisation, User } from "../world/state/accounts.ts";
import type { Repository } from "../world/state/repository.ts";
import type { Token } from "../world/state/state.ts";
import { hashToken } from "../world/tokens.ts";
import type { World } from "../world/world.ts";

/** GHCR's view of the simulated GitHub. */
export function registryOfWorld(view: View): RegistryHost {
  const { world } = view;
  return {
    now: () => new Date(world.clock.now()),
    authenticate(secret) {
      const token = [...world.state.tokens.values()].find(({ value }) => value === secret);
      return token && credentialOf(world, token);
    },
    account(login) {
      const found = world.findAccount(login);
      return found && accountOf(found);
    },
    membership(login, organization) {
      const role = organisationRole(world, login, organization);
      return role === "admin" ? "owner" : role;
    },
    repository: (owner, name) => {
      const found = world.findRepository(owner, name);
      return found && repositoryOf(found);
    },
    repositoryById(id) {
      const found = world.state.repositories.get(id);
      return found && repositoryOf(found);
    },
    canAccess(credential, { id }, access) {
      const repository = world.state.repositories.get(id);
      if (!repository) return false;
      // Packages follow the person's role; the registry itself checks the token's scopes.
      if (credential.kind === "job") return credential.repository.id === id;
      return hasRole(roleIn(world, credential.login, repository), access);
    },
    describeAccount: ({ login }) => simpleUserByLogin(view, login),
    describeRepository: ({ id }) => {
      const repository = world.state.repositories.get(id);
      return repository ? minimalRepository(view, repository) : {};
    },
  };
}

function credentialOf(world: World, token: Token): Credential {
  const common = {
    login: token.owner,
    live: token.expiresAt === null || Date.parse(token.expiresAt) > world.clock.now(),
    hashedToken: hashToken(token.value),
  };
  switch (token.kind) {
    case "classic":
      return { kind: "classic-pat", ...common, scopes: [...token.scopes] };
    case "fine-grained":
      return { kind: "fine-grained-pat", ...common, scopes: [] };
    case "app":
      return { kind: "app", ...common, scopes: [] };
    case "job": {
      const repository = world.state.repositories.get(token.repositories?.[0] ?? 0);
      if (!repository) return { kind: "app", ...common, scopes: [], live: false };
      const { owner, name, id } = repository;
      const packages = token.permissions["packages"] ?? "none";
      return {
        kind: "job",
        ...common,
        scopes: [],
        repository: { owner, name, id },
        permissions: { packages },
      };
    }
  }
}

function accountOf({ id, login, kind }: User | Organisation): Account {
  return { id, login, type: kind === "organisation" ? "Organization" : "User" };
}

function repositoryOf({ id, owner, name, visibility }: Repository): RegistryRepository {
  return { id, owner, name, visibility };
}
