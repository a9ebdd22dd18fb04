import { UserError } from "../user-error.ts";

/** A command was given what it cannot work with: the process ends with 2. */
export class UsageError extends UserError {}
