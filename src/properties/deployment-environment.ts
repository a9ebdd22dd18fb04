import { z } from "zod";
import type { ResourceProperties } from "./resource-properties.ts";

const patterns = z.array(z.string().min(1));

const properties = z.object({
  owner: z.string().min(1),
  repository: z.string().min(1),
  environment: z.string().min(1).describe("Its name, e.g. release."),
  branches: patterns.describe("Patterns of the branches that may deploy to it, sorted."),
  tags: patterns.describe("Patterns of the tags that may deploy to it, sorted."),
});

export const deploymentEnvironmentProperties = {
  token: "ghcr:index:DeploymentEnvironment",
  description: "An environment that only the named branches and tags may use.",
  args: properties,
  state: properties,
} satisfies ResourceProperties;
