import * as github from "@pulumi/github";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  countWrites,
  startOfficialStack,
  type OfficialStack,
  type Options,
} from "./official-stack.ts";
import { startReceiver, type Receiver } from "./receiver.ts";

const minutes = 60_000;

/** What changes between two updates. */
let wished = { events: ["push"], secret: "first" };

let official: OfficialStack;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  official = await startOfficialStack("official-hooks", declare);
}, minutes);
afterAll(async () => {
  await official.close();
  await receiver.close();
});

async function declare(options: Options): Promise<void> {
  const repository = "web";
  const configuration = { url: receiver.url, contentType: "json", secret: wished.secret };
  new github.RepositoryWebhook(
    "hook",
    { repository, events: wished.events, configuration },
    options,
  );
  new github.OrganizationWebhook(
    "organisation-hook",
    { events: wished.events, configuration },
    options,
  );
  await Promise.all([
    github.getRepositoryWebhooks({ repository }, options),
    github.getOrganizationWebhooks(options),
  ]);
}

/** With the stack and the provider. */
const resources = 4;

test(
  "up makes hooks, which are pinged",
  async () => {
    const { summary } = await official.stack.up();
    expect(summary.resourceChanges).toEqual({ create: resources });
    await official.simulator.deliveriesDone();
    expect(receiver.events()).toEqual(["ping", "ping"]);
  },
  2 * minutes,
);

test(
  "up again, and refresh, change nothing",
  async () => {
    const writes = countWrites(official.simulator);
    expect((await official.stack.up()).summary.resourceChanges).toEqual({ same: resources });
    expect((await official.stack.refresh()).summary.resourceChanges).toEqual({ same: resources });
    expect(countWrites(official.simulator)).toBe(writes);
  },
  2 * minutes,
);

test(
  "up brings a change",
  async () => {
    wished = { events: ["push", "release"], secret: "second" };
    const { summary } = await official.stack.up();
    expect(summary.resourceChanges).toEqual({ same: 2, update: 2 });
    const { world } = official.simulator;
    const hooks = [world.repository("acme/web"), world.findOrganisation("acme")].flatMap(
      (holder) => holder?.webhooks ?? [],
    );
    expect(hooks.map(({ events, secret }) => [events, secret])).toEqual([
      [["push", "release"], "second"],
      [["push", "release"], "second"],
    ]);
  },
  2 * minutes,
);

test(
  "destroy leaves nothing behind",
  async () => {
    expect((await official.stack.destroy()).summary.result).toBe("succeeded");
    const { world } = official.simulator;
    expect(world.repository("acme/web").webhooks).toEqual([]);
    expect(world.findOrganisation("acme")?.webhooks).toEqual([]);
    expect(official.simulator.requests.filter(({ status }) => status >= 500)).toEqual([]);
  },
  2 * minutes,
);
