import { CommandError } from "@pulumi/pulumi/automation/index.js";

/** As the Automation API makes it of what the engine said; its constructor is not for others. */
export function engineSays(text: string): CommandError {
  return Object.assign(Object.create(CommandError.prototype) as CommandError, { message: text });
}
