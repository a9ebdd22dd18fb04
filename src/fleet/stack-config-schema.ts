import { z } from "zod";
import { fleetConfigSchema } from "./fleet-config.ts";

/**
 * JSON Schema (2020-12) of a Pulumi.<stack>.yaml file, for editors: generated from the schema that the
 * program checks with. Keys of other packages are not checked.
 */
export function stackConfigSchema(): object {
  const { $schema, ...fleet } = z.toJSONSchema(fleetConfigSchema, { io: "input" });
  return {
    $schema,
    title: "Stack configuration of ghcr-fleet",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: {
          "ghcr-fleet:fleet": fleet,
          "ghcr-fleet:pat": {
            description:
              "The publishing PAT, as a secret: pulumi config set --secret ghcr-fleet:pat",
            type: "object",
            properties: { secure: { type: "string" } },
            required: ["secure"],
          },
          "ghcr-fleet:registryUrl": {
            type: "string",
            description: "A registry other than https://ghcr.io, such as the simulator's.",
          },
          "github:owner": {
            type: "string",
            description: "The organisation whose repositories are managed.",
          },
          "github:baseUrl": {
            type: "string",
            description: "The REST API of a GitHub other than github.com, such as the simulator's.",
          },
        },
        required: ["ghcr-fleet:fleet"],
      },
    },
  };
}
