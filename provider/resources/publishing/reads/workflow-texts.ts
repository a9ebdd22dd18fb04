import { explaining } from "../../../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../../../src/github/client/github-client.ts";
import { readOnce } from "../../../../src/github/client/read-once.ts";
import { gitBlobId } from "../../../../src/github/contents/git-blob-id.ts";
import { readFiles, type FoundFile } from "../../../../src/github/contents/read-files.ts";
import type { RepositorySnapshot } from "../../../../src/github/repositories/repository-snapshot.ts";
import { withLocalActions } from "../../../../src/publishing/local-actions.ts";
import { lockPath } from "../../../../src/publishing/lockfile/workflow-lock.ts";
import type { RepositorySnapshots } from "../../repository-snapshots.ts";

/** The workflows and local actions of a branch. */
export interface PresentFiles {
  /** Path to text. */
  readonly texts: Readonly<Record<string, string>>;
  /** Path to git's blob id, of these files and of the unreadable ones. */
  readonly blobs: Readonly<Record<string, string>>;
  /** Files that cannot be edited byte by byte, because they are not plain UTF-8 text. */
  readonly unreadable: readonly string[];
}

/**
 * How many of the next repositories are read, too. `fleet`: as many as fit, because the stack is new.
 * `guess`: a growing number, as long as the repositories read ahead are used.
 */
type ReadAhead = "nothing" | "guess" | "fleet";

/** With five workflow files each, this is one query. */
const mostAtOnce = 40;

type Found = ReadonlyMap<string, FoundFile>;

/**
 * Texts of workflow files. The engine asks for one repository at a time and waits for the answer, so
 * the next repositories of the fleet are read with it.
 */
export class WorkflowTexts {
  readonly #github: GitHubClient;
  readonly #snapshots: RepositorySnapshots;
  /** Repository and commit to its workflow files and lockfile. */
  readonly #read = new Map<string, Promise<Found>>();
  readonly #used = new Set<string>();
  /** The same with the local actions. */
  readonly #present = new Map<string, Promise<PresentFiles>>();
  #atOnce = 1;

  constructor(github: GitHubClient, snapshots: RepositorySnapshots) {
    this.#github = github;
    this.#snapshots = snapshots;
  }

  async get(snapshot: RepositorySnapshot, ahead: ReadAhead): Promise<PresentFiles> {
    const key = keyOf(snapshot);
    if (!this.#read.has(key)) await this.#readFrom(snapshot, ahead);
    this.#used.add(key);
    return readOnce(this.#present, key, () => this.#withActions(snapshot));
  }

  /** The text of the branch's lockfile, which is read with the workflows. */
  async lockfile(snapshot: RepositorySnapshot): Promise<string | undefined> {
    const key = keyOf(snapshot);
    if (!this.#read.has(key)) await this.#readFrom(snapshot, "guess");
    this.#used.add(key);
    return (await this.#read.get(key))?.get(lockPath)?.text;
  }

  async #withActions(snapshot: RepositorySnapshot): Promise<PresentFiles> {
    const key = keyOf(snapshot);
    const blobs: Record<string, string> = {};
    const unreadable: string[] = [];
    const keep = (files: Found) => {
      const plain = [...files].filter(([path, { blob, text }]) => {
        blobs[path] = blob;
        // For bytes that are not UTF-8, GitHub returns a text in which they are lost.
        const isPlain = text !== undefined && gitBlobId(text) === blob;
        if (!isPlain) unreadable.push(path);
        return isPlain;
      });
      return Object.fromEntries(plain.map(([path, { text = "" }]) => [path, text]));
    };
    const read = (await this.#read.get(key)) ?? new Map<string, FoundFile>();
    const workflows = keep(new Map([...read].filter(([path]) => isYaml(path))));
    const texts = await withLocalActions(workflows, async (paths) => {
      const wanted = [{ snapshot, paths }];
      return keep((await this.#readAll(wanted)).get(snapshot) ?? new Map<string, FoundFile>());
    });
    return { texts, blobs, unreadable };
  }

  async #readFrom(first: RepositorySnapshot, ahead: ReadAhead): Promise<void> {
    const next = await this.#snapshots.following(first, this.#decideAtOnce(ahead) - 1);
    const wanted = [first, ...next].filter((each) => !this.#read.has(keyOf(each)));
    const reading = this.#readAll(
      wanted.map((snapshot) => ({
        snapshot,
        paths: [...snapshot.workflows.keys()].filter((path) => isYaml(path) || path === lockPath),
      })),
    );
    for (const each of wanted) {
      const own = reading.then((found) => found.get(each) ?? new Map<string, FoundFile>());
      void readOnce(this.#read, keyOf(each), () => own);
    }
    await reading;
  }

  #decideAtOnce(ahead: ReadAhead): number {
    if (ahead === "nothing") return 1;
    const wereNeeded = [...this.#read.keys()].every((key) => this.#used.has(key));
    const guess = wereNeeded ? Math.min(this.#atOnce * 2, mostAtOnce) : 1;
    this.#atOnce = ahead === "fleet" ? mostAtOnce : guess;
    return this.#atOnce;
  }

  async #readAll(
    wanted: readonly { snapshot: RepositorySnapshot; paths: readonly string[] }[],
  ): Promise<Map<RepositorySnapshot, Found>> {
    const requests = wanted.flatMap(({ snapshot, paths }) =>
      paths.map((path) => ({
        snapshot,
        path,
        repository: snapshot.name,
        revision: snapshot.head ?? "",
      })),
    );
    const owner = wanted[0]?.snapshot.owner ?? "";
    const answers = await explaining(`read the workflow files of ${owner}`, () =>
      readFiles(this.#github, owner, requests),
    );
    const found = new Map<RepositorySnapshot, Map<string, FoundFile>>();
    for (const [index, { snapshot, path }] of requests.entries()) {
      const files = found.get(snapshot) ?? new Map<string, FoundFile>();
      const file = answers[index];
      if (file) files.set(path, file);
      found.set(snapshot, files);
    }
    return found;
  }
}

function keyOf({ name, head = "" }: RepositorySnapshot): string {
  return `${name}@${head}`;
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/.test(path);
}
