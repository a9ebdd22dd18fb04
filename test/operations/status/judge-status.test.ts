import { describe, expect, test } from "vitest";
import type {
  Difference,
  FleetStatus,
  RepositoryStatus,
} from "../../../src/operations/status/fleet-status.ts";
import type { StatusCheck } from "../../../src/operations/status/crossing.ts";
import { judgeStatus, type Thresholds } from "../../../src/operations/status/judge-status.ts";
import { sampleRepository, sampleStatus } from "../../report/sample-fleet.ts";

const thresholds: Thresholds = { minDays: 14, maxAge: undefined, ignore: new Set() };

/** A healthy repository with the given changes. */
function judge(change: Partial<RepositoryStatus>, options: Partial<Thresholds> = {}): string[] {
  const status = { ...sampleStatus(0), repositories: [{ ...sampleRepository(0), ...change }] };
  return crossingsOf(status, options);
}

function crossingsOf(status: FleetStatus, options: Partial<Thresholds> = {}): string[] {
  return judgeStatus(status, { ...thresholds, ...options }).map(
    ({ check, severity, repository, text }) =>
      `${severity} ${check} ${repository ?? "fleet"}: ${text}`,
  );
}

const well = sampleRepository(0);
const present = well.credential as Extract<RepositoryStatus["credential"], { state: "present" }>;
const [ciFile, releaseFile] = well.files as [
  RepositoryStatus["files"][0],
  RepositoryStatus["files"][0],
];

test("a healthy repository crosses no threshold", () => {
  expect(judge({})).toEqual([]);
  expect(judge({ credential: { ...present, writtenByStack: null } })).toEqual([]);
});

describe("the token", () => {
  const withToken = (token: FleetStatus["token"]) => crossingsOf({ ...sampleStatus(0), token });
  const { token } = sampleStatus(0);
  if (token.state !== "live") throw new Error(token.state);

  test("with few days left is reported, at the limit it is not", () => {
    expect(withToken({ ...token, daysLeft: 14 })).toEqual([]);
    expect(withToken({ ...token, daysLeft: 1 })).toEqual([
      "warning days-left fleet: the PAT of acme-publisher has 1 day left, fewer than 14; rotate it",
    ]);
  });

  test("that is dead, unknown or refused is a problem", () => {
    expect(withToken({ state: "dead", hash: "x", reason: "it has expired" })).toEqual([
      "problem token fleet: it has expired",
    ]);
    expect(withToken({ state: "unknown", reason: "it is not set" })).toEqual([
      "problem token fleet: it is not set",
    ]);
    expect(withToken({ ...token, refusals: ["the token is too wide"] })).toEqual([
      "problem token fleet: the token is too wide",
    ]);
  });
});

describe("the credential", () => {
  test("that is missing, hidden or comes from elsewhere is distinguished", () => {
    expect(judge({ credential: { state: "absent" } })).toEqual([
      "problem credential api: no secret GHCR_PAT reaches it",
    ]);
    const own = { ...present, scope: "repository", declared: false } as const;
    expect(judge({ credential: { ...own, shadows: ["organization"] } })).toEqual([
      "warning shadowed api: a secret GHCR_PAT of the repository hides the one of the organization",
    ]);
    const rotating = { ...sampleStatus(0), isTrial: true };
    const judgeIn = (credential: RepositoryStatus["credential"]) =>
      crossingsOf({ ...rotating, repositories: [{ ...well, credential }] });
    expect(judgeIn({ ...own, shadows: ["organization"] })).toEqual([
      "warning shadowed api: it has the new PAT in a secret GHCR_PAT of its own, which the end of the rotation deletes",
    ]);
    // One that the stack did not write.
    expect(judgeIn({ ...own, writtenByStack: null, shadows: ["organization"] })).toEqual([
      "warning shadowed api: a secret GHCR_PAT of the repository hides the one of the organization",
    ]);
    expect(judge({ credential: { ...own, shadows: [] } })).toEqual([
      "problem credential api: GHCR_PAT comes from the repository; the one of the organization does not reach it",
    ]);
  });

  test("that moves to an environment waits for the same merge as its workflow", () => {
    const pull = {
      number: 7,
      title: "Publish to GHCR",
      openedAt: "2026-11-03T10:00:00Z",
      url: `${well.url}/pull/7`,
    };
    const credential: RepositoryStatus["credential"] = {
      ...present,
      scope: "organization",
      declared: false,
    };
    const moving = { declaredCredential: "environment", credential } as const;
    // Its files wait for the same pull request, which is said once.
    const files = [{ ...releaseFile, state: "missing" as const }];
    expect(judge({ ...moving, files, pullRequests: [pull] })).toEqual([
      "warning files api: GHCR_PAT stays that of the organization, and its move to the environment waits for merge #7",
    ]);
    expect(judge(moving)).toEqual([
      "warning credential api: GHCR_PAT stays that of the organization until an update finds a job that deploys to the environment",
    ]);
    const declined = { by: "hubot", at: "2026-11-03T10:00:00Z", url: `${well.url}/pull/6` };
    expect(judge({ ...moving, declined })).toEqual([
      "warning files api: hubot declined the change on 2026-11-03; GHCR_PAT stays that of the organization",
    ]);
    for (const workflows of ["repair", "none"] as const) {
      expect(judge({ ...moving, workflows })).toEqual([
        "warning credential api: GHCR_PAT stays that of the organization: write `environment: release` into the job that publishes",
      ]);
    }
  });

  test("of the job's own token needs no secret, and one that reaches it is reported", () => {
    const declaredCredential = "job-token" as const;
    expect(judge({ declaredCredential, credential: { state: "absent" } })).toEqual([]);
    const stray = { ...present, scope: "repository", declared: false } as const;
    expect(judge({ declaredCredential, credential: stray })).toEqual([
      "warning shadowed api: a secret GHCR_PAT of the repository reaches it, and it publishes with that one instead of the job's own token; delete that secret, or write credential: pat",
    ]);
  });

  test("that is old is reported", () => {
    expect(judge({}, { maxAge: 49 })).toEqual([]);
    expect(judge({}, { maxAge: 48 })).toEqual([
      "warning age api: GHCR_PAT is 49 days old, more than 48",
    ]);
  });
});

/** What `ghcr-fleet drift` finds, of the whole fleet if nothing else is said. */
function difference(kind: Difference["kind"], change: Partial<Difference> = {}): Difference {
  const nobody = { actor: null, at: null, url: null, step: null };
  const text = `${kind} was found`;
  return { kind, repository: null, subject: "x", text, ...nobody, repair: "update", ...change };
}

describe("what somebody changed", () => {
  const withDifferences = (
    differences: readonly Difference[],
    change: (index: number) => Partial<RepositoryStatus>,
  ) =>
    crossingsOf({
      ...sampleStatus(0),
      differences: [...differences],
      repositories: [0, 1, 2].map((index) => ({ ...sampleRepository(index), ...change(index) })),
    });

  test.each([
    ["secret-overwritten", "problem overwritten", { ...present, writtenByStack: false }],
    ["secret-deleted", "problem credential", { state: "absent" }],
    ["secret-narrowed", "problem shared", { state: "absent" }],
  ] as const)("%s is one finding, however many repositories it affects", (kind, is, credential) => {
    expect(withDifferences([difference(kind)], () => ({ credential }))).toEqual([
      `${is} fleet: ${kind} was found`,
    ]);
  });

  test("a secret for all repositories is one finding, also where the job's own token publishes", () => {
    const stray = { declaredCredential: "job-token" as const, credential: present };
    expect(withDifferences([difference("secret-widened")], () => stray)).toEqual([
      "warning shared fleet: secret-widened was found",
    ]);
    expect(withDifferences([], (index) => (index === 0 ? stray : {}))).toEqual([
      expect.stringContaining("warning shadowed api: a secret GHCR_PAT of the organization"),
    ]);
  });

  test("names who and when, and is not said again of the file, the secret or the package", () => {
    const by = { actor: "eve", at: "2026-11-20T10:00:00Z" };
    const { path } = ciFile;
    expect(
      withDifferences(
        [
          difference("file-edited", { repository: "api", subject: path, ...by }),
          difference("secret-shadowed", { repository: "billing" }),
          difference("package-unlinked", { repository: "checkout", subject: "checkout" }),
        ],
        (index) =>
          [
            { files: [{ ...ciFile, state: "edited" as const }] },
            { credential: { ...present, scope: "repository" as const, declared: false } },
            {
              package: {
                ...{ name: "ghcr.io/acme/checkout", visibility: "private", linkedTo: null },
                findings: [
                  {
                    subject: "linked" as const,
                    state: "manual" as const,
                    text: "link it",
                    url: well.url,
                  },
                ],
              },
            },
          ][index] ?? {},
      ),
    ).toEqual([
      "warning files api: file-edited was found (by eve, 2026-11-20 10:00 UTC)",
      "warning shadowed billing: secret-shadowed was found",
      "warning package checkout: link it",
    ]);
  });

  test("of a repository that is not in the fleet any more is about the fleet", () => {
    const gone = difference("repository-gone", { repository: "depots", repair: "person" });
    expect(withDifferences([gone], () => ({}))).toEqual([
      "warning gone fleet: repository-gone was found",
    ]);
  });
});

describe("the files", () => {
  test("that are edited or missing are reported, with the waiting pull request", () => {
    const files = [
      { ...ciFile, state: "edited" as const },
      { ...releaseFile, state: "missing" as const },
    ];
    expect(judge({ files })).toEqual([
      'warning files api: ci.yml is not as rendered; the last commit to the workflows is acme-admin\'s of 2026-11-23, "Publish to GHCR"',
      "warning files api: release.yml is missing",
    ]);
    const pull = {
      number: 7,
      title: "Publish",
      openedAt: well.history.changes[0]!.at,
      url: `${well.url}/pull/7`,
    };
    expect(judge({ files, pullRequests: [pull] })).toEqual([
      "warning files api: waits for merge #7",
    ]);
    const declined = { by: "hubot", at: "2026-11-03T10:00:00Z", url: `${well.url}/pull/6` };
    expect(judge({ files, declined })).toEqual([
      "warning files api: hubot declined the change on 2026-11-03",
    ]);
  });
});

describe("the runs", () => {
  const run = well.ci.run!;
  const withRuns = (...conclusions: (string | null)[]) =>
    judge({
      history: { ...well.history, runs: conclusions.map((conclusion) => ({ ...run, conclusion })) },
    });

  test("count by the last one with a result", () => {
    expect(withRuns("failure", "success")).toEqual([
      "problem ci api: the last run of ci.yml ended with failure",
    ]);
    expect(withRuns("success", "failure")).toEqual([]);
    expect(withRuns(null, "cancelled", "success", "failure")).toEqual([]);
    expect(withRuns(null, "timed_out")).toEqual([
      "problem ci api: the last run of ci.yml ended with timed_out",
    ]);
    expect(withRuns()).toEqual([]);
  });

  test("say why, also of one that nobody runs", () => {
    const runs = (conclusion: string | null, why: NonNullable<typeof run.why>) => {
      const history = { ...well.history, runs: [{ ...run, conclusion, why }] };
      const status = { ...sampleStatus(0), repositories: [{ ...sampleRepository(0), history }] };
      return judgeStatus(status, thresholds).map(({ cause, text }) => `${cause} | ${text}`);
    };
    const text = 'job "image", step "Build": failed to read dockerfile';
    expect(runs("failure", { cause: "dockerfile-missing", text })).toEqual([
      `dockerfile-missing | the last run of ci.yml ended with failure: ${text}`,
    ]);
    const waits = 'job "image" waits for a runner with the labels self-hosted, arm64';
    expect(runs(null, { cause: "no-runner", text: waits })).toEqual([
      `no-runner | the run of ci.yml since 2026-11-24 08:30 UTC has not started: ${waits}`,
    ]);
  });
});

test("a package's open findings and what could not be read are reported", () => {
  const finding = { subject: "linked", text: "linked to nothing", url: null } as const;
  const findings = (["ok", "pending", "manual", "problem"] as const).map((state) => ({
    ...finding,
    state,
  }));
  expect(judge({ package: { ...well.package, findings } })).toEqual([
    "warning package api: linked to nothing",
    "problem package api: linked to nothing",
  ]);
  expect(
    judge({ findings: [{ subject: "runs", text: "cannot read the runs", url: null }] }),
  ).toEqual(["warning unread api: cannot read the runs"]);
});

test("checks that are ignored do not count", () => {
  const ignore = new Set<StatusCheck>(["credential"]);
  expect(judge({ credential: { state: "absent" } }, { ignore })).toEqual([]);
});
