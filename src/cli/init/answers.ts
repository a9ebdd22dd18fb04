import { createInterface } from "node:readline/promises";
import { InvalidArgumentError } from "commander";
import { secretScopes, type SecretScope } from "../../fleet/fleet.ts";
import { UsageError } from "../../user-error.ts";
import { parseBackend, parseOwner, parseSelector, type Selector } from "./parse-answers.ts";

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
  readonly select: readonly Selector[];
  readonly secretScope: SecretScope;
  /** Where the state is kept; absent where `pulumi login` decides. */
  readonly state?: string;
  readonly stack: string;
}

const questions = {
  owner: { flag: "--owner", text: "Organisation or user on GitHub" },
  select: {
    flag: "--select",
    text: "Repositories: names, patterns (service-*), topics (topic:container), separated by spaces",
  },
  secretScope: {
    flag: "--secret-scope",
    text: "Actions secret with the PAT: organization (one for all; user accounts have none), repository (one each), environment (one each, for releases)",
  },
  state: {
    flag: "--state",
    text: "Where the state is kept: folder (this one), cloud (Pulumi Cloud), or a URL (s3://, azblob://, gs://, postgres://)",
  },
} as const;

/**
 * Completes the options with what the checkout says, then with what a person types.
 *
 * @throws {UsageError} without a terminal: names every option that is missing
 */
export async function completeAnswers(options: InitOptions, found?: string): Promise<Answers> {
  const owner = options.owner ?? found;
  const missing = Object.entries({ ...questions }).filter(
    ([key]) => (key === "owner" ? owner : options[key as keyof InitOptions]) === undefined,
  );
  if (missing.length > 0 && !process.stdin.isTTY) {
    const flags = missing.map(([, { flag, text }]) => `  ${flag}  ${text}`);
    throw new UsageError(
      `There is no terminal to ask on, so these options are needed:\n${flags.join("\n")}`,
    );
  }
  const ask = createPrompt();
  try {
    const asked = owner ?? (await ask(questions.owner.text, undefined, parseOwner));
    return {
      owner: asked,
      select:
        options.select ??
        (await ask(questions.select.text, "topic:container", (line) =>
          line.split(/\s+/).map(parseSelector),
        )),
      secretScope:
        options.secretScope ?? (await ask(questions.secretScope.text, "organization", parseScope)),
      state: options.state ?? (await ask(questions.state.text, "folder", parseBackend)),
      stack: options.stack ?? asked.toLowerCase(),
    };
  } finally {
    ask.close();
  }
}

function parseScope(text: string): SecretScope {
  const scope = secretScopes.find((each) => each === text);
  if (scope) return scope;
  throw new InvalidArgumentError(`Give one of ${secretScopes.join(", ")}.`);
}

/** Asks until the answer can be used. */
function createPrompt() {
  let terminal: ReturnType<typeof createInterface> | undefined;
  const ask = async <T>(
    text: string,
    otherwise: string | undefined,
    parse: (answer: string) => T,
  ): Promise<T> => {
    terminal ??= createInterface({ input: process.stdin, output: process.stderr });
    const interrupted = new AbortController();
    terminal.once("SIGINT", () => interrupted.abort());
    for (;;) {
      const shown = otherwise === undefined ? "" : ` [${otherwise}]`;
      const answer = await terminal
        .question(`${text}${shown}: `, { signal: interrupted.signal })
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
  return Object.assign(ask, { close: () => terminal?.close() });
}
