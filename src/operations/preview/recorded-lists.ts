import type { z } from "zod";
import { repositoryPublishingProperties } from "../../properties/repository-publishing.ts";
import { unreadableState } from "../../properties/unreadable-state.ts";
import { repositoryOf } from "../../stack/engine-change.ts";
import { ghcrType } from "../../stack/resource-types.ts";
import { isUnknown } from "./diff-properties.ts";
import type { EventLog, Properties } from "./event-log.ts";

const { edits, pending, originals, packages } = repositoryPublishingProperties.state.shape;
const lists = { edits, pending, originals, packages };

type List = keyof typeof lists;
type Items<Name extends List> = NonNullable<z.output<(typeof lists)[Name]>>;

/** A list in the properties of a repository's publishing; empty where it cannot be read, which {@link warnOfUnreadable} reports. */
export function listIn<Name extends List>(
  properties: Properties | undefined,
  name: Name,
): Items<Name> {
  return (parseList(properties, name).data ?? []) as Items<Name>;
}

/** A warning for each list that the preview needs and that is not as this version writes it. */
export function warnOfUnreadable({
  planned,
  refreshed,
}: Pick<EventLog, "planned" | "refreshed">): string[] {
  const warn = (urn: string, properties: Properties | undefined, name: List) => {
    const [issue] = parseList(properties, name).error?.issues ?? [];
    if (!issue) return [];
    const path = [name, ...issue.path].join(".");
    return [
      `${repositoryOf(urn)}: this preview leaves out ${lost[name]}, because the state cannot be read: ${path}: ${issue.message}. ${unreadableState}`,
    ];
  };
  const ofPublishing = (steps: EventLog["planned"]) =>
    [...steps.values()].filter(({ type }) => type === ghcrType.publishing);
  const warnings = [
    ...ofPublishing(planned).flatMap(({ urn, after }) => warn(urn, after?.inputs, "edits")),
    ...ofPublishing(planned).flatMap(({ urn, before, after }) =>
      after ? [] : warn(urn, before?.outputs, "originals"),
    ),
    ...ofPublishing(refreshed).flatMap(({ urn, before, after }) =>
      [before?.outputs, after?.outputs].flatMap((outputs) => [
        ...warn(urn, outputs, "pending"),
        ...warn(urn, outputs, "packages"),
      ]),
    ),
  ];
  return [...new Set(warnings)];
}

const lost = {
  edits: "the repair of its workflows",
  pending: "logins that somebody reverted",
  originals: "logins that get their former text back",
  packages: "changes of its packages on GitHub",
};

function parseList(properties: Properties = {}, name: List) {
  const value = properties[name];
  // The engine reports what is absent as null, and what only the update finds out as unknown.
  return lists[name].safeParse(value == null || isUnknown(value) ? [] : value);
}
