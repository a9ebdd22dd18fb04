import pc from "picocolors";
import { expect, test } from "vitest";
import { describeRepository } from "../../src/report/describe-repository.ts";
import { statusText } from "../../src/report/status-text.ts";
import { judgeStatus } from "../../src/operations/status/judge-status.ts";
import type { RepositoryStatus } from "../../src/operations/status/fleet-status.ts";
import { addImages, sampleRepository, sampleStatus, thresholds } from "./sample-fleet.ts";

type Publication = RepositoryStatus["publications"][number];

const colors = pc.createColors(false);

test("a status is a table, and what needs attention", () => {
  const status = sampleStatus(7);
  const crossings = judgeStatus(status, thresholds);
  const options = { colors, minDays: 14, attentionOnly: false };
  expect(statusText(status, crossings, options)).toMatchInlineSnapshot(`
    "acme  stack production  2026-11-24 08:30 UTC
    PAT of acme-publisher (read:packages, write:packages): 41 days left, until 2027-01-04

    repository  credential                     files          ci                    release          package
    api         organization 49 d              as rendered    main just now         1.28.0 22 h ago  ok
    billing     organization 49 d              as rendered    main 1 h ago          1.29.0 15 h ago  ok
    checkout    organization 49 d              as rendered    sha-0123456 19 h ago  1.30.0 2 h ago   ok
    gateway     organization 49 d              ci.yml edited  main 3 h ago          1.26.0 3 d ago   ok
    mailer      organization 49 d              as rendered    main 4 h ago          1.27.0 3 d ago   ok
    media       repository, not declared 49 d  as rendered    main 5 h ago          1.28.0 2 d ago   ok
    orders      organization 49 d              as rendered    failure 6 h ago       1.29.0 1 d ago   ok

    problem CI fails
      orders: the last run of ci.yml ended with failure
        https://github.com/acme/orders/actions/runs/7000060
      next: look at the run, fix the cause, and repeat it

    warning Another secret hides the fleet's
      media: a secret GHCR_PAT of the repository hides the one of the organization
        https://github.com/acme/media/settings/secrets/actions
      next: delete the secrets that hide it, or leave their repositories out of the fleet
        ghcr-fleet drift production --fix --delete-shadows

    warning Workflow files differ
      gateway: ci.yml is not as rendered; the last commit to the workflows is acme-admin's of 2026-11-23, "Build for arm64 as well"
        https://github.com/acme/gateway/blob/main/.github/workflows/ci.yml
      next: apply the fleet, and repair what was changed by hand
        ghcr-fleet rollout production --refresh

    7 repositories, 3 need attention; the PAT reaches 7 of 7 repositories; left out: legacy-reports (archived)"
  `);
});

test("of workflows that a repair leaves as they are, the places for a person are counted", () => {
  const words = (left: number) => {
    const repository: RepositoryStatus = { ...sampleRepository(0), workflows: "repair", left };
    return describeRepository(repository, [], "2026-11-24T08:30:00Z").files;
  };
  expect(words(0)).toEqual({ text: "as repaired", tone: "good" });
  expect(words(2)).toEqual({ text: "as repaired, 2 left", tone: "warn" });
});

test("several images of a repository have a line each", () => {
  const status = sampleStatus(2);
  addImages(status.repositories[0]!);
  const options = { colors, minDays: 14, attentionOnly: false };
  const text = statusText(status, judgeStatus(status, thresholds), options);
  expect(text.split("\n").slice(3, 8).join("\n")).toMatchInlineSnapshot(`
    "repository  credential         files        ci             release          package
    api         organization 49 d  as rendered  1 of 2 images  1 of 2 images    ok
    - web                                       main just now  1.28.0 22 h ago  ok
    - worker                                    none yet       none yet         pushable: problem
    billing     organization 49 d  as rendered  main 1 h ago   1.29.0 15 h ago  ok"
  `);
});

test("jobs that publish are listed for repositories that are asked for or need attention", () => {
  const status = sampleStatus(7);
  const job = (file: string, name: string, kind: "right" | "pasted"): Publication => ({
    file: `.github/workflows/${file}`,
    job: name,
    line: 8,
    events: ["push"],
    images: kind === "right" ? [`ghcr.io/acme/${name}`] : [],
    credentials: [{ file: `.github/workflows/${file}`, line: 20, kind }],
  });
  const [api, , , gateway] = status.repositories;
  api?.publications.push(job("images.yml", "web", "right"), job("images.yml", "cron", "right"));
  gateway?.publications.push(job("ci.yml", "image", "pasted"));
  const [ownToken, ownSecret] = [job("a.yml", "a", "right"), job("b.yml", "b", "right")];
  Object.assign(ownToken.credentials[0]!, { kind: "replaceable", isToken: true });
  Object.assign(ownSecret.credentials[0]!, { kind: "replaceable" });
  gateway?.publications.push(ownToken, ownSecret);
  const call = { workflow: "acme/.github/.github/workflows/publish.yml", isPassed: true };
  api?.publications.push({ ...job("ci.yml", "api", "right"), credentials: [], call });
  const crossings = judgeStatus(status, thresholds);
  const options = { colors, minDays: 14, attentionOnly: false };
  const text = statusText(status, crossings, options);
  expect(text).toContain(
    "\ngateway ci.yml, job image: an image that only the run knows with a password in the file" +
      "\ngateway a.yml, job a: ghcr.io/acme/a with the job's own token" +
      "\ngateway b.yml, job b: ghcr.io/acme/b with a credential that a repair replaces\n\n",
  );
  expect(text).not.toContain("images.yml");
  expect(text).toMatch(
    /\n7 repositories, 3 need attention; 6 jobs publish; the PAT reaches 7 of 7 repositories; left out: /,
  );
  const asked = statusText(status, crossings, { ...options, only: ["API"] });
  expect(asked.split("\n").slice(3)).toEqual([
    expect.stringMatching(/^repository /),
    expect.stringMatching(/^api /),
    "",
    "api images.yml, job web: ghcr.io/acme/web with GHCR_PAT, else the job's token",
    "api images.yml, job cron: ghcr.io/acme/cron with GHCR_PAT, else the job's token",
    "api ci.yml, job api: ghcr.io/acme/api with GHCR_PAT, passed to acme/.github/.github/workflows/publish.yml",
    "",
    expect.stringMatching(
      /^1 repository, all well; 3 jobs publish; the PAT reaches 1 of 1 repository; left out: /,
    ),
  ]);
});

test("places that a repair leaves in many repositories are counted, and listed for one that is named", () => {
  const status = sampleStatus(12);
  for (const { unresolved } of status.repositories)
    unresolved.push({
      file: "ci.yml",
      line: 3,
      reason: "says no permissions",
      fix: "permissions:",
    });
  const options = { colors, minDays: 14, attentionOnly: false };
  const crossings = judgeStatus(status, thresholds).filter(({ check }) => check === "left");
  const text = statusText(status, crossings, options);
  expect(text).toContain("\n  gateway: left to a person: ci.yml:3\n");
  expect(text).toContain("\n    ghcr-fleet status production --repository api,");
  expect(text).not.toContain("says no permissions");
  expect(statusText(status, [], { ...options, only: ["gateway"] })).toContain(
    "\ngateway left to you ci.yml:3: says no permissions\n    permissions:\n",
  );
  expect(statusText(status, [], { ...options, only: ["gateway", "api"] })).toContain(
    "\napi left to you ci.yml:3: says no permissions\ngateway left to you ci.yml:3: says no permissions\n    permissions:\n",
  );
});

test("a large fleet shows only what needs attention when asked to", () => {
  const status = sampleStatus(200);
  const crossings = judgeStatus(status, thresholds);
  const text = statusText(status, crossings, { colors, minDays: 14, attentionOnly: true });
  expect(text).toContain("\ngateway ");
  expect(text).not.toMatch(/^billing /m);
  expect(text).toMatch(
    /200 repositories, \d+ need attention; the PAT reaches 195 of 200 repositories; left out: legacy-reports \(archived\)$/,
  );
});

test("a secret that could not be read is not counted as missing", () => {
  const status = sampleStatus(3);
  const reach = (unread: number) => {
    const repositories = status.repositories.map((each, index) =>
      index < unread
        ? { ...each, credential: { state: "unknown", reason: "the token may not" } as const }
        : each,
    );
    const options = { colors, minDays: 14, attentionOnly: true };
    return statusText({ ...status, repositories }, [], options).split("; ")[1];
  };
  expect(reach(1)).toBe("the PAT reaches 2 of 3 repositories (not known of 1)");
  expect(reach(3)).toBe("which of 3 repositories the PAT reaches is not known");
});

test("no repository and nothing to say make no table", () => {
  const text = statusText(sampleStatus(0), [], { colors, minDays: 14, attentionOnly: false });
  expect(text.split("\n").slice(2)).toEqual([
    "",
    "0 repositories, all well; left out: legacy-reports (archived)",
  ]);
});

test("where the terminal is narrow, the table leaves out what comes second", () => {
  const status = sampleStatus(7);
  const options = { colors, minDays: 14, attentionOnly: false, columns: 80 };
  const lines = statusText(status, [], options).split("\n").slice(3, 11);
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "repository  credential              files          ci           release  package
    api         organization            as rendered    main         1.28.0   ok
    billing     organization            as rendered    main         1.29.0   ok
    checkout    organization            as rendered    sha-0123456  1.30.0   ok
    gateway     organization            ci.yml edited  main         1.26.0   ok
    mailer      organization            as rendered    main         1.27.0   ok
    media       repository, not decla…  as rendered    main         1.28.0   ok
    orders      organization            as rendered    failure      1.29.0   ok"
  `);
});

test("whatever the names and states, a repository is one line of 80 columns", () => {
  const status = sampleStatus(3);
  const [api, billing] = status.repositories;
  const declined = { by: "a-person-with-a-long-login", at: status.readAt, url: api!.url };
  Object.assign(api!, {
    name: "a-service-that-does-one-thing-and-has-a-name-that-says-so",
    declined,
  });
  for (const file of [...api!.files, ...billing!.files]) file.state = "edited";
  billing!.package.findings = (["linked", "visibility", "pushable"] as const).map((subject) => ({
    subject,
    state: "manual",
    text: "a person has to do it",
    url: null,
  }));
  const options = { colors, minDays: 14, attentionOnly: false, columns: 80 };
  const lines = statusText(status, [], options).split("\n").slice(3, 7);
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "repository        credential    files         ci         release  package
    a-service-that-…  organization  declined by…  main       1.28.0   ok
    billing           organization  edited        main       1.29.0   linked: manua…
    checkout          organization  as rendered   sha-0123…  1.30.0   ok"
  `);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test("a fleet whose token needs attention is not healthy", () => {
  const status = sampleStatus(1);
  const crossings = judgeStatus(status, { ...thresholds, minDays: 60 });
  const text = statusText(status, crossings, { colors, minDays: 60, attentionOnly: false });
  expect(text).toContain(
    "warning The PAT expires soon\n  fleet: the PAT of acme-publisher has 41 days left",
  );
  expect(text).toContain("\n    ghcr-fleet rotate production --from-env <another variable>\n");
  const after = { ...status, patPlace: { env: "GHCR_FLEET_PAT_B" } };
  expect(statusText(after, crossings, { colors, minDays: 60, attentionOnly: false })).toContain(
    "\n    ghcr-fleet rotate production --from-env GHCR_FLEET_PAT\n",
  );
  expect(text).toMatch(
    /\n1 repository, the fleet as a whole needs attention; the PAT reaches 1 of 1 repository; left out: /,
  );
});

test("repositories that can do without the PAT are named, with the evidence and the line that moves them", () => {
  const candidate = {
    evidence: "run #7 of ci.yml pushed with the job's own token on 2026-11-20",
    url: "https://github.com/acme/api/actions/runs/7",
  };
  const status = { ...sampleStatus(1), repositories: [{ ...sampleRepository(0), candidate }] };
  const text = statusText(status, [], { colors, minDays: 14, attentionOnly: true });
  expect(text.split("\n").slice(3)).toEqual([
    "api can do without the PAT: run #7 of ci.yml pushed with the job's own token on 2026-11-20; in fleet.repositories: { name: api, credential: job-token }",
    "    https://github.com/acme/api/actions/runs/7",
    "",
    "1 repository, all well; the PAT reaches 1 of 1 repository, and 1 repository can do without it; left out: legacy-reports (archived)",
  ]);
});
