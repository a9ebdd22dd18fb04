import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { createClient, type Client } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let admin: Client;

beforeAll(async () => {
  simulator = await startAcme();
  admin = createClient(simulator, "admin");
});
afterAll(() => simulator.close());

const ofAcme = "/orgs/acme/actions/oidc/customization/sub";
const ofWeb = "/repos/acme/web/actions/oidc/customization/sub";

test("an organisation has GitHub's template until it sets its own", async () => {
  expect((await admin(`GET ${ofAcme}`)).body).toEqual({ include_claim_keys: ["repo", "context"] });
  const include_claim_keys = ["repo", "job_workflow_ref"];
  await admin.expecting(201, `PUT ${ofAcme}`, { include_claim_keys });
  expect((await admin(`GET ${ofAcme}`)).body).toEqual({ include_claim_keys });
});

test("a repository has the default until it opts out", async () => {
  expect((await admin(`GET ${ofWeb}`)).body).toEqual({ use_default: true });
  const own = { use_default: false, include_claim_keys: ["repo", "environment"] };
  await admin.expecting(201, `PUT ${ofWeb}`, own);
  expect((await admin(`GET ${ofWeb}`)).body).toEqual(own);
  await admin(`PUT ${ofWeb}`, { use_default: false });
  expect((await admin(`GET ${ofWeb}`)).body).toEqual({
    use_default: false,
    include_claim_keys: ["repo", "job_workflow_ref"],
  });
  await admin(`PUT ${ofWeb}`, { ...own, use_default: true });
  expect((await admin(`GET ${ofWeb}`)).body).toEqual({ use_default: true });
});

test.each([
  [ofWeb, {}, 422],
  [ofWeb, { use_default: false, include_claim_keys: ["a-b"] }, 422],
  [ofAcme, { include_claim_keys: ["repo", "repo"] }, 422],
  [ofAcme, { use_immutable_subject: true }, 501],
])("PUT %s %j answers %i", async (path, body, status) => {
  await admin.expecting(status, `PUT ${path}`, body);
});
