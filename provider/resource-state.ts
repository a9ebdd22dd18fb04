import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { decode, encode, type Properties } from "./property-values.ts";
import type { ResourceType } from "./resource-type.ts";

/**
 * Encodes a state. An output that is absent goes as null: previews would take one that is left out
 * for unknown, and show it as a change at each run.
 *
 * @see https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/nodejs/runtime/rpc.ts resolveProperties
 */
export function encodeState({ optionalOutputs = [] }: ResourceType, state: Properties): Struct {
  const absent = optionalOutputs.filter((name) => state[name] === undefined);
  return encode({ ...state, ...Object.fromEntries(absent.map((name) => [name, null])) });
}

/** Decodes a state that {@link encodeState} encoded. */
export function decodeState(message: Struct | undefined): Properties {
  return Object.fromEntries(Object.entries(decode(message)).filter(([, value]) => value !== null));
}
