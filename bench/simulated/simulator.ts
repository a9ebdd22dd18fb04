// The simulator in a process of its own, so that its work is not counted as a contender's.
import { createHash } from "node:crypto";
import { startSimulator, type SimulatorOptions, type World } from "github-simulator";

/** What is on GitHub for the organisation. */
export interface EndState {
  /** The same for two organisations whose files, secrets, variables and settings are the same. */
  readonly hash: string;
  readonly commits: number;
}

process.on("message", (message: SimulatorOptions | "end state") => {
  void answer(message).then((value) => process.send?.(value));
});

let world: World;

async function answer(message: SimulatorOptions | "end state") {
  if (message === "end state") return endState(world);
  const simulator = await startSimulator(message);
  ({ world } = simulator);
  const { url, registryUrl, tokens } = simulator;
  return { url, registryUrl, tokens };
}

function endState({ state }: World): EndState {
  const [organisation] = state.organisations.values();
  if (organisation === undefined) throw new Error("There is no organisation.");
  const repositories = [...state.repositories.values()];
  const tokens = new Map([...state.tokens.values()].map(({ name, value }) => [value, name]));
  const items = (map: ReadonlyMap<string, Item>) =>
    [...map.values()]
      .map(({ name, value, visibility, selected }) => [
        name,
        // Values of tokens are minted again in each simulator.
        tokens.get(value) ?? value,
        visibility,
        [...selected].sort(),
      ])
      .sort();
  const found = {
    secrets: items(organisation.secrets.secrets),
    variables: items(organisation.variables),
    repositories: repositories.map((repository) => ({
      name: repository.name,
      // A tree's id stands for the names and blob ids of all files below it.
      files: treeOf(repository),
      secrets: items(repository.secrets.secrets),
      variables: items(repository.variables),
      permissions: repository.actions.defaultWorkflowPermissions,
    })),
  };
  const objects = repositories.flatMap((repository) => [...repository.objects.values()]);
  return {
    hash: createHash("sha256").update(JSON.stringify(found)).digest("hex").slice(0, 16),
    commits: objects.filter(({ type }) => type === "commit").length,
  };
}

interface Item {
  name: string;
  value: string;
  visibility: string;
  selected: ReadonlySet<number>;
}

type Repository = World["state"]["repositories"] extends Map<number, infer R> ? R : never;

/** A commit begins with `tree <id>`: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
function treeOf({ refs, objects, defaultBranch }: Repository): string | undefined {
  const commit = objects.get(refs.get(`refs/heads/${defaultBranch}`) ?? "");
  return commit && Buffer.from(commit.body).toString("latin1", 5, 45);
}
