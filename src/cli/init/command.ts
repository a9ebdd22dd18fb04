import { Option, type Command } from "commander";
import { secretScopes } from "../../fleet/fleet.ts";
import type { InitOptions } from "./answers.ts";
import {
  parseBackend,
  parseOwner,
  parseSelector,
  parseStackName,
  type Selector,
} from "./parse-answers.ts";
import { helpEnd } from "../terminal/help-end.ts";

export function addInit(program: Command): void {
  program
    .command("init")
    .description("write a stack repository: program, configuration, workflows")
    .argument(
      "[folder]",
      "created if missing; default: this one, or `fleet` in the checkout of a repository with code",
    )
    .option(
      "--owner <login>",
      "organisation or user; default: that of the remote on GitHub",
      parseOwner,
    )
    .option(
      "--select <selectors...>",
      "repositories: names, patterns (service-*), topics (topic:container); default: that of a checkout with code",
      (text: string, before: readonly Selector[] | undefined) => [
        ...(before ?? []),
        parseSelector(text),
      ],
    )
    .addOption(
      new Option("--secret-scope <scope>", "scope of the Actions secret").choices(secretScopes),
    )
    .option(
      "--state <place>",
      "folder, cloud (Pulumi Cloud), or the URL of a back end, such as s3://bucket",
      parseBackend,
    )
    .option("--stack <name>", "name of the stack; default: the owner's", parseStackName)
    .addHelpText(
      "after",
      helpEnd(
        "On a terminal it asks for what is missing. It overwrites nothing. With GITHUB_TOKEN set, it asks GitHub" +
          "\nwhether the owner is a user account: that has no organisation secret, and the scope is repository." +
          "\nExit codes: 0 written, 1 failed, 2 wrong usage, an answer is missing, or files exist",
        "ghcr-fleet init                                      # asks",
        "ghcr-fleet init fleet --owner acme --select topic:container --secret-scope organization --state folder",
        "ghcr-fleet init fleet --select api 'service-*' --secret-scope repository --state s3://acme-state",
      ),
    )
    .action(async (folder: string | undefined, options: InitOptions) => {
      const { init } = await import("./init.ts");
      await init(folder, options);
    });
}
