import type { PackageEvent } from "../registry/store/registry-events.ts";
import type { Credential } from "../registry/store/registry-host.ts";
import type { AuthenticatedActor } from "../world/actor.ts";
import { auditedRepository, recordAudit } from "../world/audit-log.ts";
import type { TokenKind } from "../world/state/state.ts";
import type { World } from "../world/world.ts";

/** Logs changes of packages in the organisation's audit log. */
export function auditPackages(world: World): (event: PackageEvent) => void {
  return ({ action, owner, name, version, repository, credential, client }) => {
    const linked = repository && world.state.repositories.get(repository.id);
    recordAudit({ world, actor: actorOf(credential, client) }, `packages.${action}`, {
      org: owner,
      ...(linked && auditedRepository(linked)),
      package: name,
      ecosystem: "container",
      ...(version !== undefined && { version }),
    });
  };
}

const kinds: Readonly<Record<Credential["kind"], TokenKind>> = {
  "classic-pat": "classic",
  "fine-grained-pat": "fine-grained",
  app: "app",
  job: "job",
};

function actorOf(
  { kind, login, hashedToken = "", scopes }: Credential,
  client: PackageEvent["client"],
): AuthenticatedActor {
  return {
    kind: kinds[kind],
    login,
    tokenName: "",
    hashedToken,
    scopes,
    permissions: {},
    repositories: undefined,
    expiresAt: null,
    client,
  };
}
