import { spawn } from "node:child_process";
import type { StackPlace } from "./open-stack.ts";
import { UserError } from "../user-error.ts";

/**
 * Stores a secret in a stack's configuration. The value goes through standard input: process
 * arguments, which the Automation API would use, can be read by everybody on the machine.
 *
 * @param key e.g. `ghcr-fleet:pat`
 * @see https://www.pulumi.com/docs/iac/cli/commands/pulumi_config_set/
 */
export function setSecretConfig(
  place: StackPlace,
  stack: string,
  key: string,
  value: string,
): Promise<void> {
  return runConfig(place, ["set", "--secret", key, "--stack", stack], value);
}

/** Takes a key out of a stack's configuration, if it is there. */
export function removeConfig(place: StackPlace, stack: string, key: string): Promise<void> {
  return runConfig(place, ["rm", key, "--stack", stack], "");
}

function runConfig(place: StackPlace, args: readonly string[], input: string): Promise<void> {
  const child = spawn("pulumi", ["config", ...args, "--non-interactive"], {
    cwd: place.folder,
    env: { ...place.environment },
    stdio: ["pipe", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stdin.on("error", () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else
        reject(
          new UserError(`pulumi config ${args.slice(0, -2).join(" ")} failed: ${said.trim()}`),
        );
    });
  });
}
