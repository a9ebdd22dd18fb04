import * as grpc from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { absentOutputs } from "../../src/properties/resource-properties.ts";
import { printableLines } from "../../src/printable.ts";
import { UserError } from "../../src/user-error.ts";
import type { CheckResult } from "./check-inputs.ts";
import { currentResource, type EngineLog } from "./engine-log.ts";
import { packageSchema, type PackageDeclaration } from "./package-schema.ts";
import { diffProperties } from "./property-diff.ts";
import {
  decode,
  decodeState,
  encode,
  encodeState,
  hasUnknown,
  type Properties,
} from "./property-values.ts";
import type { Changes, ResourceContext, ResourceType } from "./resource-type.ts";

/** The parts of a plugin that do not depend on gRPC. */
export interface ProviderDefinition {
  readonly declaration: PackageDeclaration;
  checkConfig(olds: Properties, news: Properties): CheckResult;
  /** Called once, before any resource. */
  configure(args: Properties): readonly ResourceType[];
  /** A person stopped the run: writes that have begun may end, and nothing waits any longer. */
  cancel(): void;
  /** Removes secrets from text that leaves the process. */
  redact(text: string): string;
}

/**
 * Serves a provider over Pulumi's plugin protocol on a free port of the loopback interface.
 *
 * It uses the SDK's generated service instead of `provider.main`, which drops configuration, detailed
 * diffs and outputs in preview.
 *
 * @returns the port, which the engine expects on stdout
 * @see https://github.com/pulumi/pulumi/blob/v3.259.0/proto/pulumi/provider.proto
 */
export function serve(definition: ProviderDefinition, log: EngineLog): Promise<number> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": 400 * 1024 * 1024,
    "grpc.max_send_message_length": 400 * 1024 * 1024,
  });
  server.addService(services.ResourceProviderService, handlers(definition, log));
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

function handlers(
  definition: ProviderDefinition,
  log: EngineLog,
): grpc.UntypedServiceImplementation {
  let resources = new Map<string, ResourceType>();

  // Messages quote repositories and servers: names, branches, lines of files.
  const shown = (text: string) => printableLines(definition.redact(text));
  const resourceOf = (urn: string): ResourceType => {
    const token = urn.split("::")[2]?.split("$").at(-1) ?? urn;
    const found = resources.get(token);
    if (!found) {
      const known = [...resources.keys()].join(", ");
      throw new UserError(`the ghcr provider has no resource ${token}; it has ${known}`);
    }
    return found;
  };
  const contextOf = (urn: string): ResourceContext => ({
    urn,
    status: (message) => log.status(urn, shown(message)),
    warn: (message) => log.warn(urn, shown(message)),
  });
  const checkResponse = ({ inputs, failures }: CheckResult) => {
    const response = new proto.CheckResponse().setInputs(encode(inputs));
    for (const { property, reason } of failures) {
      const failure = new proto.CheckFailure();
      response.addFailures(failure.setProperty(property).setReason(shown(reason)));
    }
    return response;
  };

  const unary = unaryWith(shown);
  return {
    handshake: unary(() =>
      new proto.ProviderHandshakeResponse()
        .setAcceptSecrets(true)
        .setAcceptResources(true)
        .setAcceptOutputs(false),
    ),
    attach: unary(() => new empty.Empty()),
    cancel: unary(() => {
      definition.cancel();
      return new empty.Empty();
    }),
    getPluginInfo: unary(() =>
      new pluginProto.PluginInfo().setVersion(definition.declaration.version),
    ),
    getSchema: unary(() =>
      new proto.GetSchemaResponse().setSchema(packageSchema(definition.declaration)),
    ),
    getMapping: unary(() => new proto.GetMappingResponse()),
    getMappings: unary(() => new proto.GetMappingsResponse()),

    checkConfig: unary((request: Check) =>
      checkResponse(definition.checkConfig(decode(request.getOlds()), decode(request.getNews()))),
    ),
    // Another token, address or fleet never replaces the provider: no resource would be replaced.
    diffConfig: unary((request: Diff) =>
      diffResponse(diffProperties(oldInputs(request), decode(request.getNews()))),
    ),
    configure: unary((request: Configure) => {
      const types = definition.configure(decode(request.getArgs()));
      resources = new Map(types.map((type) => [type.properties.token, type]));
      return new proto.ConfigureResponse()
        .setAcceptsecrets(true)
        .setSupportspreview(true)
        .setAcceptresources(true)
        .setAcceptoutputs(false);
    }),

    check: unary(async (request: Check) => {
      const urn = request.getUrn();
      const [olds, news] = [decode(request.getOlds()), decode(request.getNews())];
      return checkResponse(await resourceOf(urn).check(olds, news, contextOf(urn)));
    }),
    diff: unary(async (request: Diff) => {
      const state = decodeState(request.getOlds());
      const news = decode(request.getNews());
      return diffResponse(await resourceOf(request.getUrn()).diff(oldInputs(request), news, state));
    }),
    create: unary(async (request: Create) => {
      const urn = request.getUrn();
      const inputs = decode(request.getProperties());
      const resource = resourceOf(urn);
      // Unknown inputs cannot be looked up: preview shows the inputs only.
      if (request.getPreview() && hasUnknown(inputs) && !resource.previewsUnknown) {
        return new proto.CreateResponse().setProperties(encode(inputs));
      }
      const { id, state } = await resource.create(inputs, request.getPreview(), contextOf(urn));
      return new proto.CreateResponse()
        .setId(id)
        .setProperties(encodeState(state, absentOutputs(resource.properties)));
    }),
    read: unary(async (request: Read) => {
      const urn = request.getUrn();
      const resource = resourceOf(urn);
      const [state, inputs] = [decodeState(request.getProperties()), decode(request.getInputs())];
      const found = await resource.read(request.getId(), state, inputs, contextOf(urn));
      if (!found) return new proto.ReadResponse();
      return new proto.ReadResponse()
        .setId(found.id)
        .setProperties(encodeState(found.state, absentOutputs(resource.properties)))
        .setInputs(encode(found.inputs));
    }),
    update: unary(async (request: Update) => {
      const urn = request.getUrn();
      const [state, inputs] = [decodeState(request.getOlds()), decode(request.getNews())];
      const resource = resourceOf(urn);
      if (request.getPreview() && hasUnknown(inputs) && !resource.previewsUnknown) {
        return new proto.UpdateResponse().setProperties(encode({ ...state, ...inputs }));
      }
      const next = await resource.update(
        request.getId(),
        state,
        inputs,
        request.getPreview(),
        contextOf(urn),
      );
      return new proto.UpdateResponse().setProperties(
        encodeState(next, absentOutputs(resource.properties)),
      );
    }),
    delete: unary(async (request: Delete) => {
      const urn = request.getUrn();
      const state = decodeState(request.getProperties());
      await resourceOf(urn).delete(request.getId(), state, contextOf(urn));
      return new empty.Empty();
    }),
  };
}

type Check = InstanceType<typeof proto.CheckRequest>;
type Diff = InstanceType<typeof proto.DiffRequest>;
type Configure = InstanceType<typeof proto.ConfigureRequest>;
type Create = InstanceType<typeof proto.CreateRequest>;
type Read = InstanceType<typeof proto.ReadRequest>;
type Update = InstanceType<typeof proto.UpdateRequest>;
type Delete = InstanceType<typeof proto.DeleteRequest>;

function unaryWith(shown: (text: string) => string) {
  return <Request, Response>(handle: (request: Request) => Response | Promise<Response>) =>
    (call: grpc.ServerUnaryCall<Request, Response>, callback: grpc.sendUnaryData<Response>) => {
      currentResource
        .run(urnOf(call.request), async () => handle(call.request))
        .then(
          (response) => callback(null, response),
          (error: unknown) =>
            callback({ code: grpc.status.UNKNOWN, details: shown(describe(error)) }),
        );
    };
}

/** Requests about the whole provider name no resource. */
function urnOf(request: unknown): string {
  return (request as { getUrn?(): string }).getUrn?.() ?? "";
}

function describe(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `a bug in the ghcr provider, please report it: ${text}`;
}

function oldInputs(request: Diff): Properties {
  return decode(request.getOldInputs() ?? request.getOlds());
}

function diffResponse(changes: Changes): InstanceType<typeof proto.DiffResponse> {
  const { Kind } = proto.PropertyDiff;
  const kinds = {
    add: Kind.ADD,
    delete: Kind.DELETE,
    update: Kind.UPDATE,
    replace: Kind.UPDATE_REPLACE,
  };
  const paths = Object.keys(changes);
  const response = new proto.DiffResponse()
    .setChanges(
      paths.length > 0
        ? proto.DiffResponse.DiffChanges.DIFF_SOME
        : proto.DiffResponse.DiffChanges.DIFF_NONE,
    )
    .setHasdetaileddiff(true)
    .setDiffsList([...new Set(paths.map(topLevel))])
    .setReplacesList(paths.filter((path) => changes[path] === "replace").map(topLevel));
  for (const [path, kind] of Object.entries(changes)) {
    const detail = new proto.PropertyDiff().setKind(kinds[kind]).setInputdiff(true);
    response.getDetaileddiffMap().set(path, detail);
  }
  return response;
}

/** `files["a.yml"]` belongs to `files`. */
function topLevel(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}
