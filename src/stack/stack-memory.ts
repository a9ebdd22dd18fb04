import { z } from "zod";

/** What a stack's state says that GitHub cannot tell. */
export interface StackMemory {
  /** The token of the last update, and when the stack first had it. */
  readonly token: { readonly hash: string; readonly since: string } | undefined;
  /** Images whose package has been seen to exist, without their owner. */
  readonly packages: ReadonlySet<string>;
  /** When the stack last wrote a secret: {@link secretKey} to GitHub's `updated_at`. */
  readonly secrets: ReadonlyMap<string, string>;
}

const deploymentSchema = z.object({
  resources: z
    .array(z.object({ type: z.string(), outputs: z.record(z.string(), z.unknown()).optional() }))
    .nullish(),
});

const tokenSchema = z.object({ hash: z.string(), firstSeenAt: z.string() });
const packageSchema = z.object({ image: z.string(), existed: z.literal(true) });
const secretSchema = z.object({
  scope: z.string(),
  repository: z.string().optional(),
  updatedAt: z.string(),
});

/**
 * Reads the memory from an exported deployment. A resource of another shape, such as one that a
 * later version wrote, is passed over: it then counts as not known.
 *
 * @param deployment `deployment` of `pulumi stack export`
 */
export function stackMemory(deployment: unknown): StackMemory {
  const parsed = deploymentSchema.safeParse(deployment);
  const resources = (parsed.success && parsed.data.resources) || [];
  const read = <T extends z.ZodType>(type: string, schema: T): z.output<T>[] =>
    resources
      .filter((resource) => resource.type === type)
      .map(({ outputs }) => schema.safeParse(outputs))
      .flatMap((result) => (result.success ? [result.data] : []));

  const [token] = read("ghcr:index:RegistryToken", tokenSchema);
  const secrets = read("ghcr:index:RegistrySecret", secretSchema);
  return {
    token: token && { hash: token.hash, since: token.firstSeenAt },
    packages: new Set(read("ghcr:index:PackageAccess", packageSchema).map(({ image }) => image)),
    secrets: new Map(
      secrets.map(({ scope, repository, updatedAt }) => [secretKey(scope, repository), updatedAt]),
    ),
  };
}

/** Names a secret of a stack, which has one at most at each place. */
export function secretKey(scope: string, repository: string | undefined): string {
  return scope === "organization" ? scope : `${scope} ${repository?.toLowerCase()}`;
}
