import { describePublication } from "../describe-publication.ts";
import { joinWords } from "../describe-repository.ts";
import type { JudgedReport, JudgedRepository } from "../judged-report.ts";
import { repositoryAnchor } from "./repository-link.ts";
import { clipped, longDay } from "../../format-text.ts";

/**
 * What the page's script needs to sort, filter and show single repositories. To keep it small for
 * thousands of repositories, records are lists, and links leave out the repository's own address.
 */
export interface PageData {
  readonly minDays: number;
  /** In the order of the table's rows. */
  readonly repositories: readonly PageRepository[];
}

export interface PageRepository {
  readonly id: string;
  readonly name: string;
  readonly stack: string;
  readonly url: string;
  readonly tone: string;
  /** For the head of the dialog. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly crossings: readonly (readonly [
    check: string,
    severity: string,
    text: string,
    url: string,
  ])[];
  readonly files: readonly (readonly [path: string, state: string, url: string])[];
  readonly pulls: readonly (readonly [number: number, title: string, url: string])[];
  readonly package: readonly (readonly [state: string, text: string, url: string])[];
  /** Newest first. */
  readonly history: readonly PageEvent[];
  /** The sort key of each column: text, or a number. */
  readonly sort: readonly (string | number)[];
}

/** An image with its tags and digest, a change with its headline and author, or a run with its result. */
export type PageEvent = readonly [
  kind: "image" | "change" | "run",
  /** Seconds since 1970. */
  at: number,
  text: string,
  detail: string,
  url: string,
];

export function pageData(report: JudgedReport): PageData {
  const { repositories, thresholds } = report;
  const length = repositories.length > 300 ? 10 : 40;
  return {
    minDays: thresholds.minDays,
    repositories: repositories.map((each) => toPage(each, length)),
  };
}

function toPage(
  { status, fleet, crossings, words }: JudgedRepository,
  length: number,
): PageRepository {
  const { name, url, credential } = status;
  const short = (target: string | null) => shorten(url, target);
  const updated = credential.state === "present" ? longDay(credential.updatedAt) : undefined;
  return {
    id: repositoryAnchor(fleet.stack, name),
    name,
    stack: fleet.stack,
    url,
    tone: words.tone,
    facts: [
      ["Visibility", status.visibility],
      ["Branch", status.branch],
      [
        "Credential",
        updated ? `${words.credential.text}, since ${updated}` : words.credential.text,
      ],
      ...(words.images.length > 0
        ? [["Images", words.images.map(({ name }) => name).join(", ")] as const]
        : []),
      ["CI", joinWords(words.ci)],
      ["Release", joinWords(words.release)],
      ["Package", status.package.name],
      ...status.publications.map((each) => ["Publishes", describePublication(each)] as const),
    ],
    crossings: crossings.map(({ check, severity, text, url: page }) => [
      check,
      severity,
      text,
      short(page),
    ]),
    files: status.files.map(({ path, state, url: page }) => [path, state, short(page)]),
    pulls: status.pullRequests.map(({ number, title, url: page }) => [number, title, short(page)]),
    package: status.package.findings.map(({ state, text, url: page }) => [
      state,
      text,
      short(page),
    ]),
    history: historyOf(status, short).slice(0, length),
    sort: [name.toLowerCase(), ...sortKeys(status, words)],
  };
}

/** Without the repository's own address, if it starts with that. */
function shorten(base: string, target: string | null): string {
  if (target === null) return "";
  return target.startsWith(`${base}/`) ? target.slice(base.length) : target;
}

function historyOf(
  { history }: JudgedRepository["status"],
  short: (url: string | null) => string,
): PageEvent[] {
  const images = history.images.map(({ tags, digest, pushedAt, url }): PageEvent => [
    "image",
    seconds(pushedAt),
    tags.join(", "),
    digest.slice(0, 19),
    short(url),
  ]);
  const changes = history.changes.map(({ headline, author, at, url }): PageEvent => [
    "change",
    seconds(at),
    clipped(headline, 80),
    author,
    short(url),
  ]);
  // A successful run is shown as the image that it pushed.
  const runs = history.runs
    .filter(({ conclusion }) => conclusion !== "success")
    .map(({ workflow, file, conclusion, number, startedAt, url }): PageEvent => [
      "run",
      seconds(startedAt),
      `${file ?? workflow} ${conclusion ?? "is running"}`,
      `#${number}`,
      short(url),
    ]);
  return [...images, ...changes, ...runs].sort(([, a], [, b]) => b - a);
}

const ranks = { bad: 0, warn: 1, quiet: 2, good: 3 } as const;

/** Worst first, then newest first. */
function sortKeys(
  { credential, ci, release }: JudgedRepository["status"],
  words: JudgedRepository["words"],
): number[] {
  const rank = (tone: keyof typeof ranks, tie: number) => ranks[tone] * 1e10 - tie;
  const age = credential.state === "present" ? credential.ageDays : 0;
  return [
    rank(words.credential.tone, age),
    rank(words.files.tone, 0),
    rank(words.ci.tone, seconds(ci.image?.pushedAt)),
    rank(words.release.tone, seconds(release.image?.pushedAt)),
    rank(words.package.tone, 0),
  ];
}

function seconds(moment: string | undefined): number {
  return moment === undefined ? 0 : Math.floor(Date.parse(moment) / 1000);
}
