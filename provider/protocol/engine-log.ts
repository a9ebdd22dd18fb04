import { AsyncLocalStorage } from "node:async_hooks";
import * as grpc from "@grpc/grpc-js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import services from "@pulumi/pulumi/proto/engine_grpc_pb.js";

/** URN of the resource that a call of the engine is about: waits far below it are shown beside it. */
export const currentResource = new AsyncLocalStorage<string>();

/** Shows messages to the person who runs `pulumi up`, beside the resource that they are about. */
export interface EngineLog {
  /** Replaces the last status of the resource and is gone when its step ends. */
  status(urn: string, message: string): void;
  /** Stays in the output. */
  warn(urn: string, message: string): void;
}

type Severity = (typeof engine.LogSeverity)[keyof typeof engine.LogSeverity];

/** @param address host:port of the engine, which it gives its plugins as an argument */
export function connectEngineLog(address: string): EngineLog {
  const client = new services.EngineClient(address, grpc.credentials.createInsecure());
  const send = (urn: string, message: string, severity: Severity, ephemeral: boolean) => {
    const request = new engine.LogRequest()
      .setUrn(urn)
      .setMessage(message)
      .setSeverity(severity)
      .setEphemeral(ephemeral);
    // A lost status line must not fail the write that it is about.
    client.log(request, () => {});
  };
  const { INFO, WARNING } = engine.LogSeverity;
  return {
    status: (urn, message) => send(urn, message, INFO, true),
    warn: (urn, message) => send(urn, message, WARNING, false),
  };
}
