import { virtualClock } from "../../src/clock.ts";
import { parseSeed } from "../../src/seed.ts";
import { plantSeed } from "../../src/seed/plant-seed.ts";
import type { AuthenticatedActor } from "../../src/world/actor.ts";
import { createRepository } from "../../src/world/repositories/create-repository.ts";
import type { Repository } from "../../src/world/state/repository.ts";

export type SmallWorld = ReturnType<typeof createSmallWorld>;

/** A small GitHub: `acme` (owner olga, member mina) and the person sam, outside of it. */
export function createSmallWorld() {
  const clock = virtualClock("2026-05-04T10:00:00.123Z");
  const seed = parseSeed({
    organisation: { login: "Acme", basePermission: "none" },
    users: [
      { login: "olga", role: "admin" },
      { login: "mina", role: "member" },
      { login: "sam", role: "none" },
    ],
  });
  const github = plantSeed(seed, clock);
  const mint = (given: Pick<AuthenticatedActor, "kind" | "login"> & Partial<AuthenticatedActor>) =>
    github.mintToken({
      name: `token ${github.nextId()}`,
      kind: given.kind,
      owner: given.login,
      scopes: [...(given.scopes ?? [])],
      permissions: { ...given.permissions },
      repositories: given.repositories && [...given.repositories],
      expiresAt: null,
    });
  return {
    github,
    /** A valid classic token of `login`. */
    pat: (login: string, ...scopes: string[]) => mint({ kind: "classic", login, scopes }),
    finegrained: (login: string) => mint({ kind: "fine-grained", login }),
    appToken: () => mint({ kind: "app", login: "deployer[bot]" }),
    /** The token of a job in `acme/<repository>`. */
    job(name: string, packages: "read" | "write" | "none") {
      const repositories = [github.repository(`acme/${name}`).id];
      const permissions = packages === "none" ? {} : { packages };
      return mint({ kind: "job", login: "mina", repositories, permissions });
    },
    expire(value: string) {
      const token = [...github.state.tokens.values()].find((each) => each.value === value);
      if (token) token.expiresAt = github.now();
    },
    addRepository(
      name: string,
      visibility: Repository["visibility"],
      writers: string[] = [],
      owner = "Acme",
    ) {
      const collaborators = new Map(writers.map((login) => [login, "write" as const]));
      createRepository(github, owner, name, { visibility, collaborators });
    },
    advance: (days: number) => clock.advance({ days }),
  };
}
