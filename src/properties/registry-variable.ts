import { z } from "zod";
import type { ResourceProperties } from "./resource-properties.ts";

const properties = z.object({
  owner: z.string().min(1),
  repository: z.string().min(1),
  name: z
    .string()
    .regex(/^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i, "letters, digits and _ only")
    .describe("Name of the variable, e.g. GHCR_USERNAME."),
  value: z.string().min(1),
});

export const registryVariableProperties = {
  token: "ghcr:index:RegistryVariable",
  description: "A variable of Actions in one repository, created or replaced.",
  args: properties,
  state: properties,
} satisfies ResourceProperties;
