import { listed } from "../../format-text.ts";
import type { RepositoryChanges, RuleResult } from "../../operations/preview/stack-preview.ts";
import { mostNames } from "./describe-changes.ts";

/** Repositories that change in the same way, apart from their names. */
export interface AlikeChanges {
  /** Sorted; empty for what all repositories share. */
  readonly repositories: readonly string[];
  /** Of the first repository. */
  readonly resources: RepositoryChanges["resources"];
  readonly credential: RepositoryChanges["credential"];
  readonly delivery: RepositoryChanges["delivery"];
  /** The mandatory rules that each of them breaks. */
  readonly refusedBy: readonly string[];
}

/** Groups repositories that change alike, and break the same mandatory rules: a changed template is one change. */
export function groupAlike(
  changes: readonly RepositoryChanges[],
  rules: readonly RuleResult[],
): AlikeChanges[] {
  const refusals = ({ repository }: RepositoryChanges) => {
    const broken = rules.filter(
      ({ level, subject }) => level === "mandatory" && subject === repository,
    );
    return repository === undefined ? [] : [...new Set(broken.map(({ rule }) => rule))];
  };
  const groups = Map.groupBy(changes, (each) => `${refusals(each).join()} ${signature(each)}`);
  return [...groups.values()].map((group) => ({
    refusedBy: group[0] ? refusals(group[0]) : [],
    repositories: group.flatMap(({ repository }) => repository ?? []),
    resources: group[0]?.resources ?? [],
    credential: group[0]?.credential,
    delivery: group[0]?.delivery,
  }));
}

function signature({ repository, ...changes }: RepositoryChanges): string {
  const text = JSON.stringify(changes);
  return repository === undefined ? text : text.replaceAll(repository, "\0");
}

/** Combines violations that differ in the repository's name only into one, about the first, which names the others. */
export function groupRules(rules: readonly RuleResult[]): RuleResult[] {
  const groups = Map.groupBy(rules, ({ rule, level, subject = "", message }) =>
    JSON.stringify([rule, level, subject === "" ? message : message.replaceAll(subject, "\0")]),
  );
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first?.subject === undefined || others.length === 0) return first ?? [];
    const names = others.flatMap(({ subject }) => subject ?? []);
    const more = `${others.length} more alike (${listed(names, mostNames)})`;
    return { ...first, subject: `${first.subject} and ${more}` };
  });
}

/** `api: ghcr.io/acme/api does not exist yet`, where the message begins with the image. */
const ofRepository =
  /^(?<repository>[\w.-]+): (?:[a-z\d][\w-]*(?:\.[\w-]+)+(?::\d+)?\/[\w.-]+\/(?<image>[\w./-]+) )?(?<said>[^]*)$/;

/** Combines warnings that say the same about several repositories or images into one, which is about the first and names the others. */
export function groupWarnings(warnings: readonly string[]): string[] {
  const read = warnings.map((warning) => {
    const { repository = "", image, said = warning } = ofRepository.exec(warning)?.groups ?? {};
    const cause =
      repository === "" ? said : `${image ? "\0 " : ""}${said.replaceAll(repository, "\0")}`;
    return { warning, repository, name: image ?? repository, cause };
  });
  return [...Map.groupBy(read, ({ cause }) => cause).values()].flatMap((group) => {
    // The engine's order differs from run to run.
    const [first, ...others] = group.sort((a, b) => (a.warning < b.warning ? -1 : 1));
    if (!first) return [];
    if (others.length === 0) return [first.warning];
    const { repository, warning } = first;
    const more = `${others.length} more alike (${listed(others.map(({ name }) => name))})`;
    return [`${repository} and ${more}${warning.slice(repository.length)}`];
  });
}
