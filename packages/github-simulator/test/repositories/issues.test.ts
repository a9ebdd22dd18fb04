import { afterEach, beforeEach, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { base64, createClient, type Client } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let admin: Client;
beforeEach(async () => {
  simulator = await startAcme();
  admin = createClient(simulator, "admin");
});
afterEach(() => simulator.close());

test("issues have the described shapes, and share numbers with pull requests", async () => {
  const repo = "/repos/acme/web";
  await admin.expecting(201, `POST ${repo}/issues`, {
    title: "Drift",
    body: "One",
    labels: ["x"],
  });
  await admin(`POST ${repo}/git/refs`, {
    ref: "refs/heads/topic",
    sha: (await admin(`GET ${repo}/git/ref/heads/main`)).body.object.sha,
  });
  const put = { message: "x", content: base64("x"), branch: "topic" };
  await admin(`PUT ${repo}/contents/x.txt`, put);
  await admin(`POST ${repo}/pulls`, { title: "Topic", head: "topic", base: "main" });
  const listed = (await admin(`GET ${repo}/issues`)).body;
  expect(listed.map((each: { number: number }) => each.number)).toEqual([2, 1]);
  expect(listed[0]).toHaveProperty("pull_request");
  await admin(`GET ${repo}/issues/2`);
  const mine = { title: "Mine", labels: ["bug"], assignees: ["acme-dev"] };
  for (const refused of [
    { ...mine, assignees: ["nobody"] },
    { ...mine, title: "" },
  ]) {
    await admin.expecting(422, `POST ${repo}/issues`, refused);
  }
  await admin.expecting(501, `PATCH ${repo}/issues/2`, { title: "Other" });
  expect((await admin(`POST ${repo}/issues`, mine)).body).toMatchObject({
    labels: [{ name: "bug", color: "d73a4a", default: true }],
    assignees: [{ login: "acme-dev" }],
  });
  await admin(`POST ${repo}/issues/1/comments`, { body: "More" });
  const closed = await admin(`PATCH ${repo}/issues/1`, { body: "None", state: "closed" });
  expect(closed.body).toMatchObject({ state: "closed", state_reason: "completed", comments: 1 });
  expect((await admin(`GET ${repo}/issues?state=closed&labels=X&creator=Acme-Admin`)).body).toEqual(
    [closed.body],
  );
  await admin.expecting(404, `PATCH ${repo}/issues/9`, {});
  await admin(`PATCH ${repo}`, { has_issues: false });
  await admin.expecting(410, `GET ${repo}/issues`);
});

test("labels are created, renamed and deleted everywhere", async () => {
  const repo = "/repos/acme/web";
  expect((await admin(`GET ${repo}/labels`)).body).toHaveLength(9);
  const label = { name: "Area: CI", color: "FF0000", description: "Builds" };
  const made = await admin.expecting(201, `POST ${repo}/labels`, label);
  expect([made.body.color, made.body.default]).toEqual(["FF0000", false]);
  const twin = await admin.expecting(422, `POST ${repo}/labels`, { name: "area: ci" });
  expect(twin.body.errors).toEqual([{ resource: "Label", field: "name", code: "already_exists" }]);
  await admin(`POST ${repo}/issues`, { title: "One", labels: ["area: ci"] });
  await admin(`POST ${repo}/issues/1/labels`, { labels: ["fresh"] });
  await admin(`PATCH ${repo}/labels/Area%3A%20CI`, { new_name: "ci" });
  const worn = (await admin(`GET ${repo}/issues/1/labels`)).body;
  expect(worn.map(({ name }: { name: string }) => name)).toEqual(["ci", "fresh"]);
  await admin(`DELETE ${repo}/issues/1/labels/fresh`);
  await admin.expecting(204, `DELETE ${repo}/labels/ci`);
  expect((await admin(`GET ${repo}/issues/1`)).body.labels).toEqual([]);
  await admin.expecting(404, `GET ${repo}/labels/ci`);
});
