import { Option } from "commander";
import { parseRegistry, parseRepository } from "./parse-options.ts";

// Options that several verbs have.

export const issueOption = new Option(
  "--issue [owner/name]",
  "open or update an issue in this repository; default: GITHUB_REPOSITORY",
).argParser(parseRepository);

export const policyPackConfigOption = new Option(
  "--policy-pack-config <file>",
  "thresholds and exceptions, in the format that `pulumi` takes",
);

export const registryOption = new Option(
  "--registry <host>",
  "registry of the repository's host, such as containers.github.example.com; by the checkout's remotes if absent",
).argParser(parseRegistry);
