import { createInterface } from "node:readline/promises";
import { InvalidArgumentError } from "commander";
import type { OwnerKind } from "../../account.ts";
import { secretScopes, type SecretScope } from "../../fleet/fleet.ts";
import { UsageError } from "../../user-error.ts";
import { parseBackend, parseOwner, parseSelector, type Selector } from "./parse-answers.ts";
import { isSameName } from "../../is-same-name.ts";

/** Answers that were given as options. */
export interface InitOptions {
  readonly owner?: string;
  readonly select?: readonly Selector[];
  readonly secretScope?: SecretScope;
  /** URL of the back end. */
  readonly state?: string;
  readonly stack?: string;
}

export interface Answers {
  readonly owner: string;
  /** Absent where that is not known. */
  readonly ownerKind: OwnerKind | undefined;
  readonly select: readonly Selector[];
  readonly secretScope: SecretScope;
  /** Where the state is kept; absent where `pulumi login` decides. */
  readonly state?: string;
  readonly stack: string;
}

interface Question {
  readonly flag: string;
  readonly text: string;
  /** What can be answered, a line each; with the question it fits a terminal of 80 columns. */
  readonly hints?: readonly string[];
}

const questions = {
  owner: { flag: "--owner", text: "Organisation or user on GitHub" },
  select: {
    flag: "--select",
    text: "Repositories, separated by spaces",
    hints: ["names (api), patterns (service-*), topics (topic:container)"],
  },
  secretScope: {
    flag: "--secret-scope",
    text: "Actions secret with the PAT",
    hints: [
      "organization  one for all repositories; user accounts have none",
      "repository    one in each repository",
      "environment   one in each repository, for releases",
    ],
  },
  state: {
    flag: "--state",
    text: "Where the state is kept",
    hints: [
      "folder  in the stack repository",
      "cloud   in Pulumi Cloud",
      "a URL   s3://, azblob://, gs:// or postgres://",
    ],
  },
} as const satisfies Readonly<Record<string, Question>>;

/** What is found out instead of asked. */
export interface Found {
  /** The owner that the checkout names. */
  readonly owner: string | undefined;
  /** Name of the repository of a checkout that has code. */
  readonly repository: string | undefined;
  /** Whether an owner is a user; nothing where that cannot be known. */
  ownerKind(owner: string): Promise<OwnerKind | undefined>;
}

/**
 * Completes the options with what is found out, then with what a person types. Where nobody is there to ask, the
 * repository of the checkout is selected, and the scope is `repository` for it alone and for user accounts, which have
 * no secret for all.
 *
 * @throws {UsageError} without a terminal: names every option that is missing; or a user cannot have the scope
 */
export async function completeAnswers(options: InitOptions, found: Found): Promise<Answers> {
  const prompt = createPrompt();
  try {
    const isTerminal = process.stdin.isTTY;
    const known = options.owner ?? found.owner;
    if (known === undefined && !isTerminal) assertComplete({ ...options });
    const owner = known ?? (await prompt.ask(questions.owner, undefined, parseOwner));
    const ownerKind = await found.ownerKind(owner);
    const isUser = ownerKind === "User";
    const isOwn = isSameName(found.owner, owner);
    const own = isOwn ? found.repository : undefined;
    const select = options.select ?? (own && !isTerminal ? [{ name: own }] : undefined);
    const isOne = (chosen: readonly Selector[] | undefined) =>
      chosen?.length === 1 && chosen.every((each) => "name" in each && each.name === own);
    const secretScope =
      options.secretScope ?? ((isUser || isOne(select)) && !isTerminal ? "repository" : undefined);
    if (!isTerminal) assertComplete({ ...options, owner, select, secretScope });
    const scopes = secretScopes.filter((scope) => !isUser || scope !== "organization");
    if (isUser && secretScope === "organization") {
      throw new UsageError(
        `${owner} is a user account, which has no organisation secret: --secret-scope ${scopes.join(" or ")}`,
      );
    }
    const selected =
      select ??
      (await prompt.ask(questions.select, own ?? "topic:container", (line) =>
        line.split(/\s+/).map(parseSelector),
      ));
    const usual = isOne(selected) ? "repository" : scopes[0];
    return {
      owner,
      ownerKind,
      select: selected,
      secretScope:
        secretScope ??
        (await prompt.ask(ofScopes(scopes), usual, (text) => parseScope(text, scopes))),
      state: options.state ?? (await prompt.ask(questions.state, "folder", parseBackend)),
      stack: options.stack ?? owner.toLowerCase(),
    };
  } finally {
    prompt.close();
  }
}

function assertComplete(given: Readonly<Record<string, unknown>>): void {
  const all: readonly [string, Question][] = Object.entries(questions);
  const missing = all.filter(([key]) => given[key] === undefined);
  if (missing.length === 0) return;
  const flags = missing.flatMap(([, { flag, text, hints = [] }]) => [
    `  ${flag}  ${text}`,
    ...hints.map((hint) => `      ${hint}`),
  ]);
  throw new UsageError(
    `There is no terminal to ask on, so these options are needed:\n${flags.join("\n")}`,
  );
}

/** Without the scopes that the owner cannot have. */
function ofScopes(scopes: readonly SecretScope[]): Question {
  const { hints, ...question } = questions.secretScope;
  const isPossible = (hint: string) => scopes.some((scope) => hint.startsWith(scope));
  return { ...question, hints: hints.filter(isPossible) };
}

function parseScope(text: string, scopes: readonly SecretScope[]): SecretScope {
  const scope = scopes.find((each) => each === text);
  if (scope) return scope;
  throw new InvalidArgumentError(`Give one of ${scopes.join(", ")}.`);
}

/** Asks until the answer can be used. */
function createPrompt() {
  let terminal: ReturnType<typeof createInterface> | undefined;
  const ask = async <T>(
    { text, hints = [] }: Question,
    otherwise: string | undefined,
    parse: (answer: string) => T,
  ): Promise<T> => {
    terminal ??= createInterface({ input: process.stdin, output: process.stderr });
    const interrupted = new AbortController();
    terminal.once("SIGINT", () => interrupted.abort());
    for (const hint of hints.length > 0 ? [text, ...hints.map((each) => `  ${each}`)] : []) {
      process.stderr.write(`${hint}\n`);
    }
    const label = hints.length > 0 ? "Answer" : text;
    for (;;) {
      const shown = otherwise === undefined ? "" : ` [${otherwise}]`;
      const answer = await terminal
        .question(`${label}${shown}: `, { signal: interrupted.signal })
        .catch(() => {
          throw new UsageError("not every question was answered; nothing was written");
        });
      try {
        return parse(answer.trim() || (otherwise ?? ""));
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error;
        process.stderr.write(`${error.message}\n`);
      }
    }
  };
  return { ask, close: () => terminal?.close() };
}
