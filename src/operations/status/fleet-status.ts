import { z } from "zod";
import { patPlaceSchema } from "../../pat/rotate-command.ts";
import { driftKinds, type DriftKind } from "../drift/drift-finding.ts";

/** Increased when a reader of an older version would misread a document. */
export const statusVersion = 1;

/** ISO-8601 by GitHub's clock. */
const moment = z.iso.datetime({ offset: true });

/** Only addresses that a browser opens as a page: they become links. */
const webUrl = z.url({ protocol: /^https?$/ });

const secretScope = z.enum(["environment", "repository", "organization"]);

/** What could not be read, or needs attention; the rest of the status is still valid. */
const findingSchema = z.object({
  subject: z.enum(["repository", "credential", "files", "runs", "images", "package", "token"]),
  /** The problem, and the next step. */
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
    /** When the stack first had it; null where the state does not contain it. */
    firstSeenAt: moment.nullable(),
    /** Why the fleet must not use it; empty when it is accepted. */
    refusals: z.array(z.string()),
  }),
  z.object({
    /** GitHub does not accept it: expired, revoked or mistyped. */
    state: z.literal("dead"),
    hash: z.string(),
    reason: z.string(),
  }),
  z.object({
    /** The configuration has none, or GitHub did not answer. */
    state: z.literal("unknown"),
    reason: z.string(),
  }),
  z.object({
    /** The configuration has none, and every repository publishes with the job's own token. */
    state: z.literal("unneeded"),
  }),
]);

const credentialSchema = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("present"),
    /** The scope of the secret that runs get: environment before repository before organisation. */
    scope: secretScope,
    /** Whether the fleet declares it at this scope. */
    declared: z.boolean(),
    updatedAt: moment,
    /** Whole days since `updatedAt`. */
    ageDays: z.int(),
    /**
     * Whether the stack wrote the current value: false after someone else wrote it, null where the
     * state does not contain it.
     */
    writtenByStack: z.boolean().nullable(),
    /** The scopes of secrets with the same name that it hides. */
    shadows: z.array(secretScope),
  }),
  z.object({ state: z.literal("absent") }),
  z.object({ state: z.literal("unknown"), reason: z.string() }),
]);

const fileSchema = z.object({
  /** From the root of the repository. */
  path: z.string(),
  /**
   * `in-sync`: as rendered, byte for byte. `edited`: another text. `missing`: declared, but not on the
   * branch. `extra`: a workflow that the fleet does not manage.
   */
  state: z.enum(["in-sync", "edited", "missing", "extra"]),
  /** git blob id of the file on the branch; null where there is none. */
  blob: z.string().nullable(),
  url: webUrl,
});

const runSchema = z.object({
  /** `ci`: of a workflow that publishes on a push to the branch. `release`: on releases and tags. */
  workflow: z.enum(["ci", "release"]),
  /** "ci.yml"; absent in documents of earlier versions. */
  file: z.string().optional(),
  number: z.int(),
  /** `push`, `release`, `workflow_dispatch`, … */
  event: z.string(),
  /** Null while it is running. */
  conclusion: z.string().nullable(),
  /** Branch or tag. */
  ref: z.string().nullable(),
  head: z.string(),
  startedAt: moment,
  url: webUrl,
  /** Why it failed, or what it waits for, where that was read: of the last run that matters. */
  why: z
    .object({
      cause: z.enum(["dockerfile-missing", "denied", "no-runner", "other"]),
      /** Job, step, and the first message about it. */
      text: z.string(),
    })
    .optional(),
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

const declinedSchema = z.object({
  /** The login that closed it; null: GitHub does not say. */
  by: z.string().nullable(),
  at: moment,
  url: webUrl,
});

const packageSchema = z.object({
  /** `ghcr.io/acme/api`; several with commas. The findings are about all of them. */
  name: z.string(),
  /** Null where it does not exist or cannot be read. */
  visibility: z.string().nullable(),
  /** `owner/repository` */
  linkedTo: z.string().nullable(),
  findings: z.array(
    z.object({
      subject: z.enum(["exists", "linked", "visibility", "pushable", "name"]),
      state: z.enum(["ok", "pending", "manual", "problem", "unknown"]),
      text: z.string(),
      /** The page where a person can change it. */
      url: webUrl.nullable(),
    }),
  ),
});

/** A job that publishes. */
const publicationSchema = z.object({
  /** From the root of the repository. */
  file: z.string(),
  job: z.string(),
  /** Line of the job. */
  line: z.int(),
  events: z.array(z.string()),
  /** `ghcr.io/acme/api`, or as written where only the run knows the name. */
  images: z.array(z.string()),
  /**
   * Where the password of each login is, and what it is. `right`: the fleet's secret, or the job's token
   * without it. `replaceable`: other expressions of these, and secrets that a repair replaces; with `isToken`, the job's token.
   * `absent`: not in the files.
   */
  credentials: z.array(
    z.object({
      file: z.string(),
      line: z.int(),
      kind: z.enum([
        ...["right", "replaceable", "carried", "other-secret"],
        ...["chosen", "made", "pasted", "absent"],
      ] as const),
      isToken: z.boolean().optional(),
    }),
  ),
  /** Whether it gets the fleet's secret, where that is an environment's: then not every job does. */
  getsSecret: z.boolean().optional(),
  /** The workflow of another repository that it calls, and whether that gets the fleet's secret. */
  call: z.object({ workflow: z.string(), isPassed: z.boolean() }).optional(),
});

const repositorySchema = z.object({
  name: z.string(),
  url: webUrl,
  visibility: z.enum(["public", "private", "internal"]),
  /** The branch with the workflow files; pushes to it publish. */
  branch: z.string(),
  /** Its newest commit; null where it could not be read. */
  head: z.string().nullable(),
  credential: credentialSchema,
  /** The scope of the secret that the fleet declares for it. Absent in documents of earlier versions: as `secret.scope`. */
  declaredCredential: z.enum([...secretScope.options, "job-token"]).optional(),
  /**
   * Where it publishes with the PAT, and runs show that the job's own token would do: what they show. Null
   * where that is not known.
   */
  candidate: z.object({ evidence: z.string(), url: webUrl }).nullable().default(null),
  /** Whether an update has decided about its workflows, and written them. Absent in documents of earlier versions. */
  applied: z.boolean().optional(),
  /** Where its secret is an environment's: whether a job on the branch gets it. Null where that is not known. */
  deploys: z.boolean().nullish(),
  /** Whether its own workflows are repaired, or those of the templates are written. */
  workflows: z.enum(["repair", "template", "none"]).default("template"),
  /** How it publishes, by the files on the branch. */
  publications: z.array(publicationSchema).default([]),
  /** Empty where they could not be read. */
  files: z.array(fileSchema),
  /** How many places of its own workflows a repair leaves to a person. */
  left: z.int().default(0),
  /** Each of them, with what to do. */
  unresolved: z
    .array(z.object({ file: z.string(), line: z.int(), reason: z.string(), fix: z.string() }))
    .default([]),
  /** Open pull requests with the fleet's files for a protected branch. */
  pullRequests: z.array(pullRequestSchema),
  /** The pull request that somebody closed without a merge, as the last update found it. */
  declined: declinedSchema.nullable().default(null),
  package: packageSchema,
  /** Each of them by itself, where the repository publishes several. */
  images: z
    .array(
      z.object({
        ci: imageSchema.nullable(),
        release: imageSchema.nullable(),
        package: packageSchema,
      }),
    )
    .default([]),
  /** The newest of each kind. Null: there is none, or it could not be read (see `findings`). */
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

/** A difference from what the stack wrote, as `ghcr-fleet drift` finds it. */
const differenceSchema = z.object({
  kind: z.enum(Object.keys(driftKinds) as DriftKind[]),
  /** Null: what all repositories share. */
  repository: z.string().nullable(),
  /** A path, or the name of a secret, a variable, a package or a setting. */
  subject: z.string(),
  text: z.string(),
  /** Who and when, where it is known. */
  actor: z.string().nullable(),
  at: moment.nullable(),
  url: webUrl.nullable(),
  /** `update`: an update does. `deletion`: the secret has to be deleted. `person`: only a person can. */
  repair: z.enum(["update", "deletion", "person"]),
  /** What the person does. */
  step: z.string().nullable(),
});

export const fleetStatusSchema = z.object({
  version: z.literal(statusVersion),
  stack: z.string(),
  owner: z.string(),
  readAt: moment,
  /** Where the fleet declares the secret of repositories that set no scope of their own. */
  secret: z.object({
    name: z.string(),
    scope: secretScope,
    environment: z.string().nullable(),
  }),
  token: tokenSchema,
  /** Whether repositories try another PAT, in a rotation that is not finished; absent in documents of earlier versions. */
  isTrial: z.boolean().optional(),
  /** Where the stack reads its PAT; absent in documents of earlier versions. */
  patPlace: patPlaceSchema.optional(),
  /** Sorted by name. */
  repositories: z.array(repositorySchema),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
  /** What `ghcr-fleet drift` finds; documents before 0.1.0 have none. */
  differences: z.array(differenceSchema).default([]),
  /** About the whole fleet. */
  findings: z.array(findingSchema),
});

/** The state of a fleet at one moment: what `ghcr-fleet status --json` prints for each stack. */
export type FleetStatus = z.output<typeof fleetStatusSchema>;
export type Difference = z.output<typeof differenceSchema>;
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
