import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encode } from "../../provider/protocol/property-values.ts";
import type { ResourceType } from "../../provider/protocol/resource-type.ts";
import { ghcrProvider } from "../../provider/ghcr-provider.ts";
import { serve } from "../../provider/protocol/server.ts";
import { registryVariableProperties } from "../../src/properties/registry-variable.ts";
import { UserError } from "../../src/user-error.ts";

const urn = "urn:pulumi:test::test::ghcr:index:Talkative::it";
const secret = "s3cret";

type Checked = InstanceType<typeof proto.CheckResponse>;
type Schema = InstanceType<typeof proto.GetSchemaResponse>;
type Changes = InstanceType<typeof proto.DiffResponse>;

/** Says the secret wherever a resource can say something. */
const talkative: ResourceType = {
  properties: { ...registryVariableProperties, token: "ghcr:index:Talkative" },
  async check(_olds, news, context) {
    context.warn(`warned of ${secret}`);
    context.status(`busy with ${secret} \u001b[2J\u202e`);
    return { inputs: news, failures: [{ property: "value", reason: `no ${secret}` }] };
  },
  diff: () => ({ owner: "replace", "files.ci": "update" }),
  async create() {
    throw new UserError(`cannot write ${secret}`);
  },
  async read() {
    throw new TypeError(`${secret} is undefined`);
  },
  update: async () => ({}),
  delete: async () => {},
};

let said: string[];
let client: InstanceType<typeof services.ResourceProviderClient>;
beforeEach(async () => {
  said = [];
  const log = {
    status: (_urn: string, message: string) => void said.push(message),
    warn: (_urn: string, message: string) => void said.push(message),
  };
  const port = await serve(
    {
      declaration: ghcrProvider(log, {}).declaration,
      checkConfig: (_olds, news) => ({ inputs: news, failures: [] }),
      configure: () => [talkative],
      cancel: () => {},
      redact: (text) => text.replaceAll(secret, "[secret]"),
    },
    log,
  );
  client = new services.ResourceProviderClient(
    `127.0.0.1:${port}`,
    grpc.credentials.createInsecure(),
  );
  const request = new proto.ConfigureRequest().setArgs(encode({}));
  await answered((answer) => client.configure(request, answer));
});
afterEach(() => client.close());

function answered<Response>(
  send: (answer: grpc.requestCallback<Response>) => unknown,
): Promise<Response | undefined> {
  return new Promise((resolve, reject) => {
    send((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
}

test("no secret leaves in a failure, a warning or a status", async () => {
  const request = new proto.CheckRequest().setUrn(urn).setNews(encode({ value: "x" }));
  const checked = await answered<Checked>((answer) => client.check(request, answer));
  expect(checked?.getFailuresList().map((failure) => failure.getReason())).toEqual(["no [secret]"]);
  expect(said).toEqual(["warned of [secret]", "busy with [secret] ?[2J<U+202E>"]);
});

test("texts of strangers in properties cannot command a terminal, and keep their lines", async () => {
  const hostile = "\u001b[2Ja\u202eb\r\u2067";
  const news = { value: "x", [hostile]: [{ written: hostile, lines: "a\n\tb\r\n" }] };
  const request = new proto.CheckRequest().setUrn(urn).setNews(struct.Struct.fromJavaScript(news));
  const checked = await answered<Checked>((answer) => client.check(request, answer));
  const safe = "<U+001B>[2Ja<U+202E>b<U+000D><U+2067>";
  expect(checked?.getInputs()?.toJavaScript()).toEqual({
    value: "x",
    [safe]: [{ written: safe, lines: "a\n\tb\r\n" }],
  });
});

test("an error has its message, or is a bug with its stack, without secrets", async () => {
  const create = new proto.CreateRequest().setUrn(urn).setProperties(encode({}));
  await expect(answered((answer) => client.create(create, answer))).rejects.toMatchObject({
    details: "cannot write [secret]",
  });
  const read = new proto.ReadRequest().setUrn(urn).setId("it");
  await expect(answered((answer) => client.read(read, answer))).rejects.toMatchObject({
    details: expect.stringMatching(
      /^a bug in the ghcr provider, please report it: TypeError: \[secret\] is undefined\n +at /,
    ),
  });
});

test("a change names the property that is replaced, and what is inside of others", async () => {
  const request = new proto.DiffRequest().setUrn(urn).setOlds(encode({})).setNews(encode({}));
  const changes = await answered<Changes>((answer) => client.diff(request, answer));
  expect(changes?.getReplacesList()).toEqual(["owner"]);
  expect(changes?.getDiffsList()).toEqual(["owner", "files"]);
});

test("an unknown resource is named, with the known ones", async () => {
  const request = new proto.CheckRequest().setUrn(urn.replace("Talkative", "Other"));
  await expect(answered((answer) => client.check(request, answer))).rejects.toMatchObject({
    details: "the ghcr provider has no resource ghcr:index:Other; it has ghcr:index:Talkative",
  });
});

const configuration = { owner: "acme", baseUrl: "http://127.0.0.1:1", repositories: "{}" };

test("the schema has every resource of the provider, with its inputs", async () => {
  const answer = await answered<Schema>((done) =>
    client.getSchema(new proto.GetSchemaRequest(), done),
  );
  const schema = JSON.parse(answer?.getSchema() ?? "") as {
    provider: object;
    resources: Record<string, object>;
    types: Record<string, object>;
  };
  const types = ghcrProvider({ status: () => {}, warn: () => {} }, {}).configure(configuration);
  const former = ["ghcr:index:WorkflowFiles", "ghcr:index:PackageAccess"];
  const served = types.map(({ properties }) => properties.token);
  expect(served).toEqual([...Object.keys(schema.resources), ...former]);
  expect(schema.provider).toMatchObject({
    inputProperties: { token: { type: "string", secret: true }, pace: { type: "string" } },
    requiredInputs: ["owner", "baseUrl", "repositories"],
  });
  expect(schema.resources["ghcr:index:RegistrySecret"]).toMatchObject({
    inputProperties: {
      scope: { type: "string" },
      value: { type: "string", secret: true, description: "The value, which is sealed at once." },
      repositories: { type: "object", additionalProperties: { type: "integer" } },
    },
    requiredInputs: ["scope", "owner", "name", "value"],
  });
  expect(schema.resources["ghcr:index:RepositoryPublishing"]).toMatchObject({
    properties: {
      files: { type: "object", additionalProperties: { type: "string" } },
      findings: { type: "array", items: { $ref: "#/types/ghcr:index:PackageFinding" } },
    },
  });
  expect(Object.keys(schema.types).sort()).toEqual([
    "ghcr:index:AllowedActions",
    "ghcr:index:DeclinedPullRequest",
    "ghcr:index:PackageFinding",
    "ghcr:index:PublishedPackage",
    "ghcr:index:PullRequestDetails",
    "ghcr:index:SharedWorkflowOfCallers",
    "ghcr:index:UnnamedImage",
    "ghcr:index:UnresolvedLogin",
    "ghcr:index:WorkflowEdit",
  ]);
});
