import { generateKeyPairSync } from "node:crypto";
import * as github from "@pulumi/github";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  countWrites,
  startOfficialStack,
  type OfficialStack,
  type Options,
} from "./official-stack.ts";
import { startReceiver, type Receiver } from "github-simulator/testing";

/** What changes between two updates. */
let wanted = { events: ["push"], secret: "first", milestone: "v1", company: "Acme" };
const key = publicKey();
const userKey = publicKey();

let official: OfficialStack;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  official = await startOfficialStack("official-hooks-and-keys", declare);
});
afterAll(async () => {
  await official.close();
  await receiver.close();
});

async function declare(options: Options): Promise<void> {
  const repository = "web";
  const configuration = { url: receiver.url, contentType: "json", secret: wanted.secret };
  new github.RepositoryWebhook(
    "hook",
    { repository, events: wanted.events, configuration },
    options,
  );
  new github.OrganizationWebhook(
    "organisation-hook",
    { events: wanted.events, configuration },
    options,
  );
  new github.RepositoryDeployKey("key", { repository, title: "ci", key, readOnly: true }, options);
  new github.RepositoryAutolinkReference(
    "autolink",
    { repository, keyPrefix: "TICKET-", targetUrlTemplate: "https://example.com/<num>" },
    options,
  );
  const milestone = new github.RepositoryMilestone(
    "milestone",
    { owner: "acme", repository, title: wanted.milestone, dueDate: "2026-12-24" },
    options,
  );
  new github.Issue(
    "issue",
    { repository, title: "Plan", milestoneNumber: milestone.number },
    options,
  );
  const alerts = new github.RepositoryVulnerabilityAlerts(
    "alerts",
    { repository, enabled: true },
    options,
  );
  new github.RepositoryDependabotSecurityUpdates(
    "security-updates",
    { repository, enabled: true },
    { ...options, dependsOn: alerts },
  );
  new github.UserSshKey("user-key", { title: "laptop", key: userKey }, options);
  new github.OrganizationSettings(
    "settings",
    {
      billingEmail: "bills@acme.example",
      company: wanted.company,
      email: "hello@acme.example",
      defaultRepositoryPermission: "write",
    },
    options,
  );
  await Promise.all([
    github.getRepositoryWebhooks({ repository }, options),
    github.getOrganizationWebhooks(options),
    github.getRepositoryDeployKeys({ repository }, options),
    github.getRepositoryAutolinkReferences({ repository }, options),
  ]);
  github.getRepositoryMilestoneOutput(
    { owner: "acme", repository, number: milestone.number },
    options,
  );
}

/** With the stack and the provider. */
const resources = 12;

test("up creates everything, and hooks are pinged", async () => {
  expect(await official.run("up")).toEqual({ create: resources });
  await official.simulator.deliveriesDone();
  expect(receiver.events()).toEqual(["ping", "ping"]);
  const web = official.simulator.world.repository("acme/web");
  expect(web.keys.map((each) => [each.title, each.key])).toEqual([["ci", key]]);
  expect(web.autolinks.map(({ prefix }) => prefix)).toEqual(["TICKET-"]);
  expect(web.milestones.map(({ title, dueOn }) => [title, dueOn])).toEqual([
    ["v1", "2026-12-24T08:00:00Z"],
  ]);
  expect(web.issues.map(({ milestone }) => milestone)).toEqual([1]);
});

test("up again, and refresh, change nothing", async () => {
  const writes = countWrites(official.simulator);
  expect(await official.run("up")).toEqual({ same: resources });
  expect(await official.run("refresh")).toEqual({ same: resources });
  expect(countWrites(official.simulator)).toBe(writes);
});

test("up brings a change", async () => {
  wanted = { events: ["push", "release"], secret: "second", milestone: "v2", company: "ACME" };
  expect(await official.run("up")).toEqual({ same: resources - 4, update: 4 });
  const { world } = official.simulator;
  expect(world.repository("acme/web").milestones.map(({ title }) => title)).toEqual(["v2"]);
  const hooks = [world.repository("acme/web"), world.findOrganisation("acme")].flatMap(
    (holder) => holder?.webhooks ?? [],
  );
  expect(hooks.map(({ events, secret }) => [events, secret])).toEqual([
    [["push", "release"], "second"],
    [["push", "release"], "second"],
  ]);
});

test("destroy leaves nothing behind", async () => {
  await official.run("destroy");
  const { world } = official.simulator;
  const { webhooks, keys, autolinks, milestones } = world.repository("acme/web");
  expect([webhooks, keys, autolinks, milestones]).toEqual([[], [], [], []]);
  expect(world.findOrganisation("acme")?.webhooks).toEqual([]);
  expect(official.simulator.requests.filter(({ status }) => status >= 500)).toEqual([]);
});

/** A public key that nobody uses, as `ssh-keygen` writes it. */
function publicKey(): string {
  const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const length = (bytes: number) => Buffer.from([0, 0, 0, bytes]);
  const name = Buffer.from("ssh-ed25519");
  const bytes = [length(name.length), name, length(32), Buffer.from(x, "base64url")];
  return `ssh-ed25519 ${Buffer.concat(bytes).toString("base64")}`;
}
