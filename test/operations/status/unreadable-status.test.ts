import { afterEach, expect, test } from "vitest";
import { files, find, startStatus } from "./start-status.ts";

let organisation: Awaited<ReturnType<typeof startStatus>>;
async function start(...args: Parameters<typeof startStatus>) {
  organisation = await startStatus(...args);
  return organisation;
}
afterEach(() => organisation.close());

test("a token that is revoked, refused or missing is reported, and the rest is still read", async () => {
  const { read, platform } = await start({ repositories: [{ name: "api" }] });
  expect((await read({ pat: "expired" })).token).toMatchObject({
    state: "dead",
    reason: expect.stringMatching(
      /^GitHub does not accept the publishing PAT: .* put it where the stack reads its PAT \(ghcr-fleet:patFrom, or ghcr-fleet:pat\)$/,
    ),
  });
  expect((await read({ pat: "too-wide" })).token).toMatchObject({
    state: "live",
    refusals: [expect.stringContaining("too wide")],
  });
  const { token, repositories } = await read({ pat: undefined });
  expect(token).toMatchObject({ state: "unknown", reason: expect.stringContaining("not set") });
  expect(repositories).toHaveLength(1);
  platform.faults.inject({ path: /\/user$/ }, { kind: "answer", status: 403 });
  expect((await read()).token).toMatchObject({
    state: "unknown",
    reason: expect.stringContaining("inspect the publishing PAT"),
  });
});

test("a failure of one repository is its finding, and the others are complete", async () => {
  const { read, deliver, shareSecret, platform } = await start({
    repositories: [{ name: "api" }, { name: "web" }],
  });
  shareSecret(["api", "web"]);
  await deliver("api");
  await deliver("web");
  const refusal = { kind: "answer", status: 403, body: '{"message":"No."}' } as const;
  const json = { ...refusal, headers: { "content-type": "application/json" } };
  platform.faults.inject({ path: "/repos/acme/api/actions" }, json);
  const status = await read();
  const api = find(status.repositories, "api");
  expect(api.credential).toMatchObject({ state: "unknown" });
  expect(
    api.findings.map(({ subject, text }) => `${subject}: ${text.split(":")[0]}`).sort(),
  ).toEqual([
    "credential: cannot read the secrets of acme/api",
    "runs: cannot read the runs of ci.yml of acme/api",
    "runs: cannot read the runs of release.yml of acme/api",
  ]);
  expect(files(api)).toEqual(["ci.yml in-sync", "release.yml in-sync"]);
  const web = find(status.repositories, "web");
  expect(web.findings).toEqual([]);
  expect(web.ci.run?.conclusion).toBe("success");
});

test("rights that are missing for all are reported once", async () => {
  const { read, platform } = await start({ repositories: [{ name: "api" }, { name: "web" }] });
  const refusal = { kind: "answer", status: 403, body: "{}" } as const;
  platform.faults.inject({ path: "/orgs/acme/actions/secrets" }, refusal);
  const { findings, repositories } = await read({ admin: "no-packages" });
  expect(findings.map(({ subject }) => subject)).toEqual(["credential", "package"]);
  expect(repositories.map(({ credential }) => credential.state)).toEqual(["unknown", "unknown"]);
  expect(repositories.flatMap((each) => [...each.findings, ...each.package.findings])).toEqual([]);
});
