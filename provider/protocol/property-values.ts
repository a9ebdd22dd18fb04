import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { showable } from "../../src/printable.ts";

/** A property as a resource sees it. `unknown` in preview is the value {@link unknownValue}. */
export type PropertyValue =
  null | boolean | number | string | typeof unknownValue | PropertyValue[] | Properties;

/** A key whose value is `undefined` counts as absent and is never sent. */
export interface Properties {
  [key: string]: PropertyValue | undefined;
}

/** Stands for a value that is unknown in preview. */
export const unknownValue: unique symbol = Symbol("unknown");

// https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/resource/sig/sig.go
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
// https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/resource/plugin/rpc.go
const unknownStrings = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Decodes properties from the engine. Secrets arrive unwrapped: this provider must keep them out of its
 * answers.
 */
export function decode(message: struct.Struct | undefined): Properties {
  return message ? (decodeValue(message.toJavaScript()) as Properties) : {};
}

/**
 * Encodes an answer. Texts come from people of the fleet's repositories, and the engine shows them as they are:
 * names of files and jobs, lines, images.
 */
export function encode(properties: Properties): struct.Struct {
  return struct.Struct.fromJavaScript(encodeValue(properties) as Record<string, Json & {}>);
}

/**
 * Encodes a state. An absent output is sent as null: a preview would treat a missing one as unknown,
 * and show a change in every run.
 *
 * @param optional names of the outputs that may be absent
 * @see https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/nodejs/runtime/rpc.ts resolveProperties
 */
export function encodeState(state: Properties, optional: readonly string[]): struct.Struct {
  const absent = optional.filter((name) => state[name] === undefined);
  return encode({ ...state, ...Object.fromEntries(absent.map((name) => [name, null])) });
}

/** Decodes a state that {@link encodeState} encoded. */
export function decodeState(message: struct.Struct | undefined): Properties {
  return Object.fromEntries(Object.entries(decode(message)).filter(([, value]) => value !== null));
}

/** Whether the value, or anything inside it, is unknown. */
export function hasUnknown(value: PropertyValue | undefined): boolean {
  if (value === unknownValue) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/** Whether the value is a map, as an object or a record is. */
export function isMap(value: PropertyValue | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The named properties that exist. */
export function pick(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => names.includes(name)));
}

/** All properties but these. */
export function omit(properties: Properties, ...names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function decodeValue(value: Json): PropertyValue {
  if (typeof value === "string") return unknownStrings.has(value) ? unknownValue : value;
  if (Array.isArray(value)) return value.map(decodeValue);
  if (typeof value !== "object" || value === null) return value;
  switch (value[signatureKey]) {
    case undefined:
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, decodeValue(each)]),
      );
    case secretSignature:
      return decodeValue(value["value"] ?? null);
    case outputSignature:
      return "value" in value ? decodeValue(value["value"] ?? null) : unknownValue;
    default:
      throw new Error(`cannot read a property of the kind ${JSON.stringify(value[signatureKey])}`);
  }
}

function encodeValue(value: PropertyValue): Json {
  if (value === unknownValue) return unknownString;
  if (typeof value === "string") return showable(value);
  if (Array.isArray(value)) return value.map(encodeValue);
  if (typeof value !== "object" || value === null) return value;
  const known = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    known.map(([key, each]) => [showable(key), encodeValue(each as PropertyValue)]),
  );
}
