import type { KnownAction } from "./known-action.ts";

/** The actions that the simulator can run, by `owner/name` in lower case. */
export const knownActions: Readonly<Record<string, KnownAction>> = {};
