import { z } from "zod";

/** Where a stack reads its PAT: the variable, or the kind of place. `configuration` is `ghcr-fleet:pat`. */
export type PatPlace = z.output<typeof patPlaceSchema>;

export const patPlaceSchema = z.union([
  z.object({ env: z.string().regex(/^[A-Za-z_]\w*$/) }),
  z.enum(["command", "file", "configuration"]),
]);

/** A PatSource, without the module that reads one: the script of the report's page gets these types, too, and has no Node. */
type Source = { readonly env: string } | { readonly command: string } | { readonly file: string };

/** @param source absent: the PAT is stored in the configuration */
export function patPlaceOf(source: Source | undefined): PatPlace {
  if (!source) return "configuration";
  if ("env" in source) return { env: source.env };
  return "file" in source ? "file" : "command";
}

/**
 * The command that gives a stack another PAT. It names another place than the stack reads now: both PATs are read
 * until the rotation ends.
 *
 * @param place absent: not known
 */
export function rotateCommand(stack: string, place: PatPlace | undefined): string {
  return `ghcr-fleet rotate ${stack}${optionFor(place)}`;
}

/** "put it into the variable GHCR_FLEET_PAT_B and run `ghcr-fleet rotate acme --from-env GHCR_FLEET_PAT_B`" */
export function rotateWords(stack: string, place: PatPlace): string {
  const run = `run \`${rotateCommand(stack, place)}\``;
  return typeof place === "object"
    ? `put it into the variable ${otherThan(place)} and ${run}`
    : run;
}

function otherThan({ env }: { readonly env: string }): string {
  return env === "GHCR_FLEET_PAT_B" ? "GHCR_FLEET_PAT" : "GHCR_FLEET_PAT_B";
}

function optionFor(place: PatPlace | undefined): string {
  switch (place) {
    case "configuration":
      return "";
    case "command":
      return " --from-command '…'";
    case "file":
      return " --from-file …";
    case undefined:
      return " --from-env <another variable>";
    default:
      return ` --from-env ${otherThan(place)}`;
  }
}
