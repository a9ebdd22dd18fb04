import { AsyncLocalStorage } from "node:async_hooks";
import * as grpc from "@grpc/grpc-js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import services from "@pulumi/pulumi/proto/engine_grpc_pb.js";

/** URN of the resource of the engine's current call: waits deep inside the call are shown next to it. */
export const currentResource = new AsyncLocalStorage<string>();

/** Shows messages to the person who runs `pulumi up`, each next to its resource. */
export interface EngineLog {
  /** Replaces the last status of the resource and disappears when its step ends. */
  status(urn: string, message: string): void;
  /** Remains in the output. */
  warn(urn: string, message: string): void;
}

type Severity = (typeof engine.LogSeverity)[keyof typeof engine.LogSeverity];

/** @param address host:port of the engine, which it passes to its plugins as an argument */
export function connectEngineLog(address: string): EngineLog {
  const client = new services.EngineClient(address, grpc.credentials.createInsecure());
  const send = (urn: string, message: string, severity: Severity, ephemeral: boolean) => {
    const request = new engine.LogRequest()
      .setUrn(urn)
      .setMessage(message)
      .setSeverity(severity)
      .setEphemeral(ephemeral);
    // A lost status line must not make the write fail.
    client.log(request, () => {});
  };
  const { INFO, WARNING } = engine.LogSeverity;
  return {
    status: (urn, message) => send(urn, message, INFO, true),
    warn: (urn, message) => send(urn, message, WARNING, false),
  };
}
