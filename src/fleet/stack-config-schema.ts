import { z } from "zod";
import { fleetConfigSchema } from "./fleet-config.ts";
import { fleetFileName } from "./read-fleet-config.ts";

/**
 * JSON Schema (2020-12) of a Pulumi.<stack>.yaml file, for editors: generated from the schema that the
 * program checks with. Keys of other packages are not checked.
 */
export function stackConfigSchema(): object {
  const { $schema, $defs, ...fleet } = z.toJSONSchema(fleetConfigSchema, { io: "input" });
  return {
    $schema,
    title: "Stack configuration of ghcr-fleet",
    type: "object",
    $defs,
    properties: {
      config: {
        type: "object",
        properties: {
          "ghcr-fleet:fleet": fleet,
          "ghcr-fleet:fleetFile": {
            type: "string",
            pattern: fleetFileName.source,
            description:
              "In place of fleet: a file beside Pulumi.yaml that holds it, such as fleet.yaml, where it is too large for this one.",
          },
          "ghcr-fleet:patFrom": {
            description:
              "Where the provider reads the publishing PAT, which is then in no configuration.",
            oneOf: [
              source("env", "An environment variable, such as GHCR_FLEET_PAT."),
              source("command", "A command that prints it, such as: op read op://ci/ghcr/pat"),
              source("file", "A file, by its absolute path, such as /run/secrets/ghcr-pat."),
            ],
          },
          "ghcr-fleet:pat": {
            description:
              "The publishing PAT, as a secret: pulumi config set --secret ghcr-fleet:pat. The back end's history keeps it; patFrom does not put it there.",
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
        oneOf: [{ required: ["ghcr-fleet:fleet"] }, { required: ["ghcr-fleet:fleetFile"] }],
      },
    },
  };
}

function source(name: string, description: string): object {
  return {
    type: "object",
    properties: { [name]: { type: "string", description } },
    required: [name],
    additionalProperties: false,
  };
}

/** JSON Schema (2020-12) of a file that `ghcr-fleet:fleetFile` names. */
export function fleetFileSchema(): object {
  const { $schema, ...fleet } = z.toJSONSchema(fleetConfigSchema, { io: "input" });
  return { $schema, title: "A fleet of ghcr-fleet", ...fleet };
}
