import { setTimeout } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { wanted } from "../../publishing/workflow-text.ts";
import { startStatus } from "./start-status.ts";

let at: Awaited<ReturnType<typeof startStatus>>;
afterEach(() => at.close());

const path = ".github/workflows/docker.yml";

const publishing = (password = "${{ secrets.GITHUB_TOKEN }}", fallback = "") => `on: push
permissions: { contents: read, packages: write }
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - uses: docker/login-action@v3
        id: login
        continue-on-error: ${fallback !== ""}
        with: { registry: ghcr.io, username: "\${{ github.actor }}", password: "${password}" }
${fallback}      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: ghcr.io/acme/api:latest
          labels: org.opencontainers.image.source=https://github.com/acme/api
`;

const start = async () => {
  at = await startStatus({ repositories: [{ name: "api" }] });
  at.shareSecret(["api"]);
};

async function commit(text: string, others: Readonly<Record<string, string>> = {}) {
  at.hands.editFiles("acme/api", { [path]: text, ...others }, { message: "Publish" });
  await at.platform.actions.idle();
}

const candidate = async (pat = "publisher") => (await at.read({ pat })).repositories[0]?.candidate;

test("a run that pushed with the job's own token proposes it, also after the repair", async () => {
  await start();
  await commit(publishing());
  const evidence = {
    evidence: expect.stringMatching(
      /^run #1 of docker\.yml pushed with the job's own token on \d{4}-\d\d-\d\d$/,
    ) as string,
    url: expect.stringContaining("/acme/api/actions/runs/") as string,
  };
  expect(await candidate()).toEqual(evidence);
  // GitHub's times are whole seconds.
  await setTimeout(1100);
  await commit(publishing(wanted));
  expect(await candidate()).toEqual(evidence);
});

test("runs with the PAT are no evidence, and cost no request", async () => {
  await start();
  await commit(publishing(wanted));
  const before = at.platform.requests.length;
  expect(await candidate()).toBeNull();
  const asked = at.platform.requests.slice(before).filter(({ path: each }) => /\/jobs$/.test(each));
  expect(asked).toEqual([]);
});

test("a second login that took over from a PAT that is refused is evidence", async () => {
  at = await startStatus({ repositories: [{ name: "api" }] });
  at.shareSecret(["api"], "expired");
  const fallback = `      - name: Log in with the job's own token
        if: steps.login.outcome == 'failure'
        uses: docker/login-action@v3
        with: { registry: ghcr.io, username: "\${{ github.actor }}", password: "\${{ secrets.GITHUB_TOKEN }}" }
`;
  await commit(publishing(wanted, fallback));
  expect(await candidate("expired")).toMatchObject({
    url: expect.stringContaining("/runs/") as string,
  });
});

const hand = () => at.platform.registry.byHand;
const spoils: Readonly<Record<string, () => Promise<void> | void>> = {
  "the package is linked to no repository": () => hand().unlinkRepository("acme", "api"),
  "the package was linked to another repository": () => hand().linkRepository("acme", "api", "web"),
  "the newest run was refused, because the package inherits no access any more": async () => {
    hand().setInherit("acme", "api", false);
    await commit(`${publishing()}# again\n`);
  },
  "the newest run was refused, because a person left the role Read only": async () => {
    hand().setInherit("acme", "api", false);
    hand().grantActionsAccess("acme", "api", "api", "read");
    await commit(`${publishing()}# again\n`);
  },
  "a login takes the PAT only": async () => {
    // GitHub's times are whole seconds, and the run from before this commit is evidence.
    await setTimeout(1100);
    await commit(publishing("${{ secrets.GHCR_PAT }}"));
  },
  "a second workflow logs in without a fallback": () =>
    commit(publishing(), {
      ".github/workflows/nightly.yml": publishing("${{ secrets.GHCR_PAT }}").replace(
        "on: push",
        "on: workflow_dispatch",
      ),
    }),
  "a job may only read packages": () =>
    commit(publishing(wanted).replace("packages: write", "packages: read")),
  "no workflow publishes any more": () => commit("on: push\njobs: {}\n"),
};

test.each(Object.keys(spoils))("nothing is proposed where %s", async (what) => {
  await start();
  await commit(publishing());
  expect(await candidate()).not.toBeNull();
  await spoils[what]?.();
  expect(await candidate()).toBeNull();
});
