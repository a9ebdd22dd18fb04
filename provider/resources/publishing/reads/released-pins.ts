import { explaining } from "../../../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../../../src/github/client/github-client.ts";
import { readTagCommits } from "../../../../src/github/repositories/read-tag-commits.ts";
import { pinText, type VersionedPin } from "../../../../src/publishing/newer-pins.ts";

/** Which pins are the commit of their version's tag in the action's own repository; each is read once. */
export class ReleasedPins {
  readonly #github: GitHubClient;
  readonly #known = new Map<string, boolean>();

  constructor(github: GitHubClient) {
    this.#github = github;
  }

  async among(pins: readonly VersionedPin[]): Promise<VersionedPin[]> {
    const unknown = pins.filter((pin) => !this.#known.has(pinText(pin)));
    const commits = await explaining("read the tags of actions that were updated", () =>
      readTagCommits(
        this.#github,
        unknown.map(({ action, version }) => ({ repository: action, tag: version })),
      ),
    );
    for (const [index, pin] of unknown.entries())
      this.#known.set(pinText(pin), commits[index] === pin.sha);
    return pins.filter((pin) => this.#known.get(pinText(pin)) === true);
  }
}
