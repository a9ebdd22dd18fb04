import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Simulator } from "github-simulator";
import { ociClient } from "github-simulator/testing";
import { colors } from "../../src/cli/terminal/colors.ts";
import { previewText } from "../../src/report/preview/preview-text.ts";
import type { StackPreview } from "../../src/operations/preview/stack-preview.ts";
import type { Crossing } from "../../src/operations/status/crossing.ts";
import { createGitHubClient } from "../../src/github/client/github-client.ts";
import type { Ended, Office, RunOptions } from "./office.ts";
import { takeInventory, writesBetween } from "./inventory.ts";
import { surprises } from "./surprises.ts";

const owner = "tidewater";
const secret = { scope: "organisation", organisation: owner } as const;

/** Where the hour is shown. */
export interface Page {
  chapter(title: string): void;
  say(text: string): void;
  /** A command and what it prints, in short. */
  command(line: string, output: readonly string[]): void;
}

/**
 * The first hour of a platform engineer with ghcr-fleet, from `init` to leaving.
 *
 * @returns the surprises: what happened or was found after a rollout, and the preview before it did not say
 * @throws {Error} a command does not end as expected
 */
export async function spendHour(
  page: Page,
  office: Office,
  platform: Simulator,
): Promise<string[]> {
  const { world, actions } = platform;
  const milo = platform.byHand("milo");
  const { request, graphql } = createGitHubClient({
    baseUrl: platform.url,
    token: world.tokenValue("admin"),
    pace: "burst",
  });
  const surprising: string[] = [];
  const read = (repository: string, path: string) =>
    String(world.readFile(world.repository(`${owner}/${repository}`), "main", path));

  /** Runs a command that has to end with `code`, and shows the lines that `pick` chooses. */
  async function run(
    args: readonly string[],
    pick: (lines: string[]) => readonly string[],
    { code = 0, ...options }: RunOptions & { code?: number } = {},
  ): Promise<Ended> {
    const ended = await office.run(args, options);
    const line = args.map((each) => (each.includes(" ") ? `'${each}'` : each)).join(" ");
    if (ended.code !== code) {
      throw new Error(`ghcr-fleet ${line} ended with ${ended.code}, not ${code}:\n${ended.text}`);
    }
    const [verb, ...rest] = line.split(" ");
    const shown = verb === "pulumi" ? `pulumi ${rest.join(" ")}` : `ghcr-fleet ${line}`;
    const end = code === 0 ? [] : [`(exit code ${code})`];
    page.command(shown, [...pick(ended.text.trimEnd().split("\n")), ...end]);
    return ended;
  }
  const pulumi = (args: readonly string[], input?: string) =>
    run(["pulumi", ...args, "--non-interactive"], () => [], { ...(input && { input }) });
  const stackOf = async <T>(args: readonly string[]) => {
    const { text } = await office.run([...args, owner, "--json"]);
    const { stacks } = JSON.parse(text.slice(text.indexOf("{"))) as { stacks: T[] };
    if (!stacks[0]) throw new Error(`${args.join(" ")} shows no stack:\n${text}`);
    return stacks[0];
  };
  const known = new Set<string>();
  /** What `status` finds since the last call. */
  async function newCrossings(): Promise<Crossing[]> {
    const { crossings } = await stackOf<{ crossings: Crossing[] }>(["status"]);
    const found = crossings.filter(({ text }) => !known.has(text));
    for (const { text } of crossings) known.add(text);
    return found;
  }
  async function preview(): Promise<StackPreview> {
    const found = await stackOf<StackPreview>(["preview"]);
    const text = stripVTControlCharacters(previewText(found, colors));
    page.command(`ghcr-fleet preview ${owner}`, overview(text.split("\n")));
    return found;
  }
  /** Shows a rollout that somebody confirms, and compares it with the preview before. */
  async function rollout(announced: StackPreview, ...options: string[]): Promise<void> {
    const before = takeInventory(platform, owner);
    await run(["rollout", owner, ...options], results, { answer: "y" });
    await actions.idle();
    const written = await writesBetween(platform, owner, before, takeInventory(platform, owner));
    const unsaid = surprises(announced, written, await newCrossings());
    surprising.push(...unsaid);
    page.say(
      `${written.length} writes. ${unsaid.length === 0 ? "The preview announced each, and all that status finds now." : `Not in the preview: ${unsaid.join("; ")}.`}`,
    );
  }

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
  for (const [key, value] of [
    ["github:baseUrl", `${platform.url}/`],
    ["github:writeDelayMs", "0"],
    ["ghcr-fleet:registryUrl", platform.registryUrl],
  ] as const) {
    await office.run(["pulumi", "config", "set", key, value]);
  }

  page.chapter("What is there");
  // From a laptop, as people did before there was a workflow.
  const laptop = ociClient({ url: platform.registryUrl, token: world.tokenValue("milo-laptop") });
  await laptop.push(`${owner}/geocoder`, "1.0");
  platform.registry.byHand.setVisibility(owner, "geocoder", "public");
  await run(["doctor", owner], (lines) => [
    ...lines.filter((line) => /^(?:problem|warning|failed)/.test(line)),
    `${lines.filter((line) => line.startsWith("ok ")).length} checks are ok`,
  ]);
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
  return surprising;
}

const all = (lines: string[]) => lines;
const last = (count: number) => (lines: string[]) => (count === 0 ? [] : lines.slice(-count));

/** Without diffs and lists. */
function overview(lines: string[]): string[] {
  const shown = lines.filter(
    (line) => /^(?:\S| {2}\S)/.test(line) && !/^ {2}(?:cost|PAT|advisory)/.test(line),
  );
  const isNote = (line: string) => /^ {2}(?:mandatory|warning) /.test(line);
  const [head = "", ...rest] = shown;
  return [head, ...rest.filter(isNote).sort(), ...rest.filter((line) => !isNote(line))];
}

/** The result of each repository, whatever the order in which the runs ended. */
function results(lines: string[]): string[] {
  const ends = lines.filter(
    (line) => /^ {2}\S+ {2}[a-z]+/.test(line) && !/ {2}(?:applying|applied|waiting)/.test(line),
  );
  const stable = ends.map((line) => line.replace(/ {2}https?:.*/, "").replace(/:sha-\w+/, ""));
  return [...new Set(stable)].sort();
}

function attention(lines: string[]): string[] {
  return [...lines.slice(lines.findIndex((line) => /^(?:problem|warning) /.test(line)))].filter(
    (line) => /^(?:\S| {2}\S)/.test(line),
  );
}
