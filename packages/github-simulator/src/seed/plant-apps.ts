import { generateKeyPairSync } from "node:crypto";
import { timestamp } from "../clock.ts";
import type { Seed } from "../seed.ts";
import type { World } from "../world/world.ts";

/** @param keys private keys by slug; the others are generated */
export function plantApps(
  world: World,
  { apps, organisation: { login } }: Seed,
  createdAt: string,
  keys: Readonly<Record<string, string>>,
): void {
  for (const { slug, permissions, repositories, suspended } of apps) {
    world.state.apps.set(slug, {
      id: world.nextId(),
      slug,
      privateKey: keys[slug] ?? generateKey(),
      // https://docs.github.com/en/apps/creating-github-apps/registering-a-github-app/choosing-permissions-for-a-github-app
      permissions: { metadata: "read", ...permissions },
      repositories: repositories?.map((name) => world.repository(`${login}/${name}`).id),
      owner: login,
      installationId: world.nextId(),
      createdAt,
      suspendedAt: suspended ? timestamp(world.clock.now()) : null,
    });
  }
}

/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/managing-private-keys-for-github-apps */
function generateKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs1", format: "pem" }).toString();
}
