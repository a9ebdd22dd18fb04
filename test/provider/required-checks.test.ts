import { afterEach, beforeEach, expect, test } from "vitest";
import { startProvider } from "./start-provider.ts";

const ci = ".github/workflows/ci.yml";
const workflow = (job: string) => `on: pull_request\njobs:\n  ${job}:\n    runs-on: x\n`;
const inputs = { owner: "acme", repository: "api", branch: "main", mode: "template" };

let at: Awaited<ReturnType<typeof startProvider>>;
beforeEach(async () => {
  at = await startProvider();
  at.byHand.editFiles("acme/api", { [ci]: workflow("build") });
});
afterEach(() => at.simulator.close());

/** What a preview finds, and the requests of REST that it makes for it. */
async function check(job: string, olds = {}) {
  const before = at.simulator.requests.length;
  const news = { ...inputs, files: { [ci]: workflow(job) } };
  const { inputs: found } = await at.freshFiles().check(olds, news);
  const requests = at.simulator.requests.slice(before).map(({ path }) => path);
  return {
    lost: found["lostChecks"],
    rest: requests.filter((path) => path.startsWith("/repos/")),
    found,
  };
}

/** The branch requires checks, by its classic protection or by a ruleset. */
const require = {
  classic: (contexts: string[]) =>
    at.github.request("PUT /repos/acme/api/branches/main/protection", {
      required_status_checks: { strict: false, contexts },
      enforce_admins: null,
      required_pull_request_reviews: null,
      restrictions: null,
    }),
  ruleset: (contexts: string[]) =>
    at.github.request("POST /repos/acme/api/rulesets", {
      name: "checks",
      enforcement: "active",
      conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
      rules: [
        {
          type: "required_status_checks",
          parameters: {
            required_status_checks: contexts.map((context) => ({ context })),
            strict_required_status_checks_policy: false,
          },
        },
      ],
    }),
};

test.each(["ruleset", "classic"] as const)("a check that is required by %s", async (source) => {
  await require[source](["build", "image", "of another app"]);
  expect((await check("image")).lost).toEqual(["build"]);
});

test("GitHub is asked only where a name of a check disappears", async () => {
  await require.ruleset(["build"]);
  const lost = await check("image");
  expect(lost.rest.toSorted()).toEqual([
    "/repos/acme/api/branches/main",
    "/repos/acme/api/rules/branches/main?per_page=100",
  ]);
  expect((await check("build")).rest).toEqual([]);
  // Nothing is left to write.
  expect((await check("image", lost.found)).rest).toEqual([]);
});
