import { count } from "../../format-text.ts";
import { printable } from "../../printable.ts";
import { colors } from "../terminal/colors.ts";
import type { FleetDocument } from "../terminal/json-documents.ts";

export type StackFleet = FleetDocument["stacks"][number];

export function fleetText({ stack, owner, repositories, unmatched }: StackFleet): string {
  const width = Math.max(0, ...repositories.map(({ name }) => name.length));
  const lines = repositories.map(({ name, rules, reason, changed }) => {
    const mark = reason === undefined ? colors.green("in ") : colors.yellow("out");
    const by = rules.map(({ at, selector }) => `${at} ${selector}`).join("; ");
    const settings = Object.entries(changed).flatMap(([key, value]) => inWords(key, value));
    const why = reason === undefined ? settings : [reason];
    return `${mark} ${name.padEnd(width)}  ${printable([by, ...why].filter(Boolean).join("; "))}`;
  });
  const members = repositories.filter(({ reason }) => reason === undefined).length;
  const sum = `${count(members, "repository")} in the fleet, ${repositories.length - members} not`;
  const open = unmatched.map(({ at, selector }) =>
    printable(`no repository matches ${at} ${selector}: correct it, unless it waits for its first`),
  );
  return [`${colors.bold(owner)}  stack ${stack}`, "", ...lines, "", sum, ...open].join("\n");
}

/** "workflows repair", "workflows.replaceSecrets CR_PAT", "images.build api, worker": as in the configuration. */
function inWords(key: string, value: unknown): string[] {
  if (Array.isArray(value)) return [`${key} ${value.map(nameOf).join(", ") || "none"}`];
  if (typeof value !== "object" || value === null) return [`${key} ${plain(value)}`];
  return Object.entries(value).flatMap(([name, inner]) =>
    inWords(name === "mode" ? key : `${key}.${name}`, inner),
  );
}

/** What identifies an item of a list stands first in it. */
function nameOf(item: unknown): string {
  return plain(typeof item === "object" && item !== null ? Object.values(item)[0] : item);
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "none").replaceAll('"', "");
}
