import { join } from "node:path";
import { ociClient } from "github-simulator/testing";
import { createGitHubClient } from "../../src/github/client/github-client.ts";
import { isOverview, owner, results, type Desk } from "./desk.ts";

const secret = { scope: "organisation", organisation: owner } as const;

/**
 * The first part of a platform engineer's hour with ghcr-fleet: from `init` to the rollout.
 *
 * @throws {Error} a command does not end as expected
 */
export async function beginHour({
  page,
  office,
  platform,
  run,
  pulumi,
  preview,
  rollout,
}: Desk): Promise<void> {
  const { world } = platform;
  page.chapter("A stack repository");
  await run(
    ["init", "fleet", "--owner", owner, "--select", "topic:container"].concat([
      "--secret-scope",
      "organization",
      "--state",
      "folder",
    ]),
    last(1),
    { cwd: join(office.folder, "..") },
  );
  await office.install();
  await office.edit({
    "ghcr-fleet:fleet:\n": "ghcr-fleet:fleet:\n    pace: burst\n",
    "# username:": "username:",
  });
  await pulumi(["stack", "init", owner]);
  await pulumi(["config", "set", "--secret", "github:token"], world.tokenValue("admin"));
  await office.edit({
    "config:\n": `config:
  github:baseUrl: ${platform.url}/
  github:writeDelayMs: "0"
  ghcr-fleet:registryUrl: ${platform.registryUrl}
`,
  });

  page.chapter("What is there");
  // From a laptop, as people did before there was a workflow.
  const laptop = ociClient({ url: platform.registryUrl, token: world.tokenValue("milo-laptop") });
  await laptop.push(`${owner}/geocoder`, "1.0");
  platform.registry.byHand.setVisibility(owner, "geocoder", "public");
  await run(["doctor", owner], (lines) => {
    // Only on some machines the engine has yet to download them.
    const checks = lines.filter((line) => !line.includes("  official providers: "));
    return [
      ...checks.filter((line) => /^(?:problem|warning|failed)/.test(line)),
      `${checks.filter((line) => line.startsWith("ok ")).length} checks are ok`,
    ];
  });
  await run(["fleet", owner, "--out"], (lines) => lines.filter((line) => line.startsWith("out")));
  await run(["check", "--stack", owner], last(1));

  page.chapter("What would change");
  await preview();
  page.say(
    "So infrastructure stays out, warehouse gets its path, orders its secret, and Ines links the package of geocoder.",
  );
  platform.registry.byHand.linkRepository(owner, "geocoder", "geocoder");
  platform.registry.byHand.setInherit(owner, "geocoder", true);
  await office.edit({
    "      - topic: container\n": `      - topic: container
      - { name: warehouse, dockerfile: docker/Dockerfile }
      - { name: orders, workflows: { replaceSecrets: [CR_PAT] } }
    exclude: [infrastructure]
    defaults: { package: { bootstrap: true } }
    waves: [{ name: canary, repositories: [storefront, kiosk] }]
`,
  });
  const announced = await preview();

  page.chapter("The rollout");
  await rollout(announced, "--no-wait-for-merges");
}

/**
 * The rest of it: what people decide, a rotation, edits by others, and leaving.
 *
 * @throws {Error} a command does not end as expected
 */
export async function endHour({
  page,
  platform,
  run,
  preview,
  rollout,
  newCrossings,
}: Desk): Promise<void> {
  const { world, actions } = platform;
  const milo = platform.byHand("milo");
  const { request, graphql } = createGitHubClient({
    baseUrl: platform.url,
    token: world.tokenValue("admin"),
    pace: "burst",
  });
  const read = (repository: string, path: string) =>
    String(world.readFile(world.repository(`${owner}/${repository}`), "main", path));

  page.chapter("People decide");
  const first = { owner, pull_number: 1 };
  await request("PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", {
    ...first,
    repo: "payments",
  });
  const routing = { ...first, repo: "routing" };
  await request("PATCH /repos/{owner}/{repo}", { ...routing, allow_auto_merge: true });
  const { data } = await request("GET /repos/{owner}/{repo}/pulls/{pull_number}", routing);
  await graphql(
    "mutation($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id }) { clientMutationId } }",
    { id: data.node_id },
  );
  await request("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", {
    ...first,
    repo: "customs",
    state: "closed",
  });
  await actions.idle();
  page.say("The pull requests of payments and routing are merged, that of customs is closed.");
  await run(["status", owner], attention, { code: 3 });
  // People did this, and no rollout.
  await newCrossings();
  await run(
    ["report", owner, "--html", "report.html", "--markdown", "report.md"],
    (lines) => lines,
  );

  page.chapter("Another PAT");
  await run(["rotate", owner, "--from-env", "GHCR_FLEET_PAT_B"], results, { answer: "y" });

  page.chapter("Somebody edits");
  const file = ".github/workflows/build.yml";
  const text = read("storefront", file);
  milo.editFiles(`${owner}/storefront`, {
    [file]: text.replace("secrets.GHCR_PAT || secrets.GITHUB_TOKEN", "secrets.GITHUB_TOKEN"),
  });
  platform.byHand("ines").setSecret(secret, "GHCR_PAT", "copied from a chat");
  await actions.idle();
  await run(["drift", owner], all, { code: 3 });
  await run(["drift", owner, "--fix"], all, { code: 3 });
  milo.renameRepository(`${owner}/depots`, "hubs");
  page.say("Milo renames depots to hubs, which still has the topic: the next update takes it in.");
  await rollout(await preview(), "--refresh");

  page.chapter("Leaving");
  await run(["pulumi", "destroy", "--yes", "--stack", owner], last(0));
  await run(["pulumi", "stack", "rm", "--yes", "--preserve-config", owner], last(0));
  const isGone = world.secretValue(secret, "GHCR_PAT") === undefined;
  const login = read("kiosk", ".github/workflows/publish.yml");
  page.say(
    `The secret is ${isGone ? "gone" : "still there"}; the workflow of kiosk ${
      login.includes("GHCR_PAT || secrets.GITHUB_TOKEN")
        ? "stays, and publishes with GITHUB_TOKEN"
        : "was changed"
    }.`,
  );
}

const all = (lines: string[]) => lines;
const last = (count: number) => (lines: string[]) => (count === 0 ? [] : lines.slice(-count));

function attention(lines: string[]): string[] {
  return lines
    .slice(lines.findIndex((line) => /^(?:problem|warning) /.test(line)))
    .filter((line) => isOverview(line));
}
