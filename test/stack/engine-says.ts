import { CommandError } from "@pulumi/pulumi/automation/index.js";

/** Like the Automation API's error from the engine's output; its constructor is private. */
export function engineSays(text: string): CommandError {
  return Object.assign(Object.create(CommandError.prototype) as CommandError, { message: text });
}
