import { AsyncLocalStorage } from "node:async_hooks";

/** URN of the resource that a call of the engine is about: where waits far below it are shown. */
export const currentResource = new AsyncLocalStorage<string>();
