import { z } from "zod";

/** Raised when a reader of an older version would misread a document. */
export const statusVersion = 1;

/** ISO-8601 by GitHub's clock. */
const moment = z.iso.datetime({ offset: true });

/** Only what a browser opens as a page: these become links. */
const webUrl = z.url({ protocol: /^https?$/ });

const secretScope = z.enum(["environment", "repository", "organization"]);

/** What reading did not find out, or what stands in the way; the rest of the status holds. */
const findingSchema = z.object({
  subject: z.enum(["repository", "credential", "files", "runs", "images", "package", "token"]),
  /** What is so, and the next step. */
  text: z.string(),
  url: webUrl.nullable(),
});

const tokenSchema = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("live"),
    owner: z.string(),
    /** base64 SHA-256: what GitHub's audit log calls `hashed_token`. */
    hash: z.string(),
    kind: z.enum(["classic", "fine-grained", "app", "unknown"]),
    scopes: z.array(z.string()),
    /** Null: it never expires. */
    expiresAt: moment.nullable(),
    /** Whole days, rounded down. */
    daysLeft: z.int().nullable(),
    /** When the stack first had it; null where the stack's state does not tell. */
    firstSeenAt: moment.nullable(),
    /** Why it must not be given to the fleet; empty when all is well. */
    refusals: z.array(z.string()),
  }),
  z.object({
    /** GitHub does not accept it: expired, revoked or mistyped. */
    state: z.literal("dead"),
    hash: z.string(),
    reason: z.string(),
  }),
  z.object({
    /** The configuration has none, or GitHub could not be asked. */
    state: z.literal("unknown"),
    reason: z.string(),
  }),
]);

const credentialSchema = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("present"),
    /** Where the secret lies that runs get: environment before repository before organisation. */
    scope: secretScope,
    /** Whether that is where the fleet declares it. */
    declared: z.boolean(),
    updatedAt: moment,
    /** Whole days since `updatedAt`. */
    ageDays: z.int(),
    /**
     * Whether the stack wrote what is there now: false after somebody else did, null where the
     * stack's state does not tell.
     */
    writtenByStack: z.boolean().nullable(),
    /** The secrets of the same name that it hides. */
    shadows: z.array(secretScope),
  }),
  z.object({ state: z.literal("absent") }),
  z.object({ state: z.literal("unknown"), reason: z.string() }),
]);

const fileSchema = z.object({
  /** From the root of the repository. */
  path: z.string(),
  /**
   * `in-sync`: as rendered, byte for byte. `edited`: another text. `missing`: declared and not there.
   * `extra`: a workflow that the fleet does not manage.
   */
  state: z.enum(["in-sync", "edited", "missing", "extra"]),
  /** git blob id of what is there; null where nothing is. */
  blob: z.string().nullable(),
  url: webUrl,
});

const runSchema = z.object({
  workflow: z.enum(["ci", "release"]),
  number: z.int(),
  /** `push`, `release`, `workflow_dispatch`, … */
  event: z.string(),
  /** Null while it goes on. */
  conclusion: z.string().nullable(),
  /** Branch or tag. */
  ref: z.string().nullable(),
  head: z.string(),
  startedAt: moment,
  url: webUrl,
});

const imageSchema = z.object({
  /** `release`: carries a version tag. `ci`: carries the branch or a commit. */
  kind: z.enum(["release", "ci", "other"]),
  tags: z.array(z.string()),
  /** `sha256:…` of the manifest or index. */
  digest: z.string(),
  pushedAt: moment,
  url: webUrl.nullable(),
});

const changeSchema = z.object({
  commit: z.string(),
  headline: z.string(),
  /** Login, or the name that the commit carries. */
  author: z.string(),
  at: moment,
  url: webUrl,
});

const pullRequestSchema = z.object({
  number: z.int(),
  title: z.string(),
  openedAt: moment,
  url: webUrl,
});

const packageSchema = z.object({
  /** `ghcr.io/acme/api` */
  name: z.string(),
  /** Null where it does not exist or cannot be read. */
  visibility: z.string().nullable(),
  /** `owner/repository` */
  linkedTo: z.string().nullable(),
  findings: z.array(
    z.object({
      subject: z.enum(["exists", "linked", "visibility", "pushable"]),
      state: z.enum(["ok", "pending", "manual", "problem"]),
      text: z.string(),
      /** The page where a person can change it. */
      url: webUrl.nullable(),
    }),
  ),
});

const repositorySchema = z.object({
  name: z.string(),
  url: webUrl,
  visibility: z.enum(["public", "private", "internal"]),
  /** Pushes to it publish; the workflow files live on it. */
  branch: z.string(),
  /** Its newest commit; null where it could not be read. */
  head: z.string().nullable(),
  credential: credentialSchema,
  /** Empty where they could not be read. */
  files: z.array(fileSchema),
  /** Open pull requests by which the fleet offers files to a protected branch. */
  pullRequests: z.array(pullRequestSchema),
  package: packageSchema,
  /** Newest of each kind, and what came before. Null: there is none, or `findings` says why not. */
  ci: z.object({ run: runSchema.nullable(), image: imageSchema.nullable() }),
  release: z.object({ run: runSchema.nullable(), image: imageSchema.nullable() }),
  /** Newest first, each. */
  history: z.object({
    images: z.array(imageSchema),
    runs: z.array(runSchema),
    /** Commits that touched the workflow files. */
    changes: z.array(changeSchema),
  }),
  findings: z.array(findingSchema),
});

export const fleetStatusSchema = z.object({
  version: z.literal(statusVersion),
  stack: z.string(),
  owner: z.string(),
  readAt: moment,
  /** Where the fleet declares its secret. */
  secret: z.object({
    name: z.string(),
    scope: secretScope,
    environment: z.string().nullable(),
  }),
  token: tokenSchema,
  /** Sorted by name. */
  repositories: z.array(repositorySchema),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
  /** About the fleet as a whole. */
  findings: z.array(findingSchema),
});

/** How a fleet is, at one moment: what `ghcr-fleet status --json` prints for each stack. */
export type FleetStatus = z.output<typeof fleetStatusSchema>;
export type RepositoryStatus = z.output<typeof repositorySchema>;
export type TokenStatus = z.output<typeof tokenSchema>;
export type Credential = z.output<typeof credentialSchema>;
export type SecretScope = z.output<typeof secretScope>;
export type FileStatus = z.output<typeof fileSchema>;
export type PackageStatus = z.output<typeof packageSchema>;
export type Run = z.output<typeof runSchema>;
export type Image = z.output<typeof imageSchema>;
export type Change = z.output<typeof changeSchema>;
export type Finding = z.output<typeof findingSchema>;
