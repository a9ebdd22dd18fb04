import { statusChecks, type Crossing, type StatusCheck } from "../operations/status/crossing.ts";
import { rotateCommand, type PatPlace } from "../pat/rotate-command.ts";

export type StackCrossing = Crossing & {
  readonly stack: string;
  /** Where this stack reads its PAT; absent where that is not known. */
  readonly patPlace?: PatPlace | undefined;
};

/** Crossed thresholds with the same cause, and the same remedy. */
export interface CrossingGroup {
  readonly severity: Crossing["severity"];
  /** "CI fails: no Dockerfile" */
  readonly title: string;
  readonly items: readonly StackCrossing[];
  /** What a person does about it. */
  readonly advice: string;
  /** What to type, one line each; empty where no command of ours repairs it. */
  readonly commands: readonly string[];
}

/** Problems first; those of the fleet before those of single repositories. */
export function groupCrossings(crossings: readonly StackCrossing[]): CrossingGroup[] {
  const groups = Map.groupBy(crossings, ({ check, severity, cause }) =>
    [severity, check, cause].join(" "),
  );
  return [...groups.values()]
    .flatMap((items) => (items[0] ? [{ first: items[0], items }] : []))
    .sort((a, b) => rank(a.first) - rank(b.first))
    .map(({ first: { severity, check, cause }, items }) => {
      const remedy = cause === null ? byCheck[check] : byCause[cause];
      const { title = titles[check], why, advice, command } = remedy;
      const stacks = [...Map.groupBy(items, ({ stack }) => stack)];
      return {
        severity,
        title: why === undefined ? title : `${title}: ${why}`,
        items,
        advice,
        commands: stacks.flatMap(([stack, own]) => command?.(stack, own) ?? []),
      };
    });
}

function rank({ check, severity }: Crossing): number {
  const order = statusChecks.indexOf(check);
  return severity === "problem" ? order : order + statusChecks.length;
}

const titles: Readonly<Record<StatusCheck, string>> = {
  token: "The PAT is refused",
  "days-left": "The PAT expires soon",
  credential: "No credential",
  shadowed: "Another secret hides the fleet's",
  overwritten: "The secret was overwritten",
  shared: "What all repositories share was changed",
  settings: "Settings were changed",
  age: "The secret is old",
  files: "Workflow files differ",
  left: "Places that a repair leaves to a person",
  gone: "A repository is gone",
  ci: "CI fails",
  release: "Releases fail",
  package: "Package settings for a person",
  unread: "Could not be read",
};

interface Remedy {
  /** Replaces the title of the check. */
  readonly title?: string;
  /** Words for the cause, where the title does not say it. */
  readonly why?: string;
  readonly advice: string;
  readonly command?: (stack: string, items: readonly StackCrossing[]) => string;
}

const repair = {
  advice: "write again what the fleet declares",
  command: (stack: string) => `ghcr-fleet drift ${stack} --fix`,
};
const apply = {
  advice: "apply the fleet, and repair what was changed by hand",
  command: (stack: string) => `ghcr-fleet rollout ${stack} --refresh`,
};
const rotate = {
  advice:
    "create another PAT, leave the old one where it is, and give the new one to the fleet: the command reads it from another place, or asks for it",
  command: (stack: string, [first]: readonly StackCrossing[]) =>
    rotateCommand(stack, first?.patPlace),
};
const look = {
  advice: "look at the run, fix the cause, and repeat it",
};

const byCheck: Readonly<Record<StatusCheck, Remedy>> = {
  token: rotate,
  "days-left": rotate,
  credential: apply,
  shadowed: {
    advice: "delete the secrets that hide it, or leave their repositories out of the fleet",
    command: (stack) => `ghcr-fleet drift ${stack} --fix --delete-shadows`,
  },
  overwritten: repair,
  shared: repair,
  settings: repair,
  age: rotate,
  files: apply,
  left: {
    advice:
      "change what the command shows, or write workflows: none for a repository that should stay as it is",
    command: (stack, items) => `ghcr-fleet status ${stack} --repository ${namesOf(items).join()}`,
  },
  gone: {
    advice: "see what an update would do, and change the fleet where an entry names it",
    command: (stack) => `ghcr-fleet preview ${stack}`,
  },
  ci: look,
  release: look,
  package: {
    advice:
      "open the page: only a person can change it; the policy pack may refuse updates until then",
  },
  unread: {
    advice: "see which right is missing, or what does not answer",
    command: (stack) => `ghcr-fleet doctor ${stack}`,
  },
};

const byCause: Readonly<Record<NonNullable<Crossing["cause"]>, Remedy>> = {
  "dockerfile-missing": {
    why: "no Dockerfile",
    advice: "add it, write its path into dockerfile, or leave the repository out of the fleet",
  },
  denied: {
    why: "the registry denies the login or the push",
    advice: "see whether the PAT may push, and what the package's settings say",
    command: (stack, items) =>
      `ghcr-fleet status ${stack} --probe --repository ${namesOf(items).join()}`,
  },
  "no-runner": {
    why: "no runner takes the job",
    advice: "start a runner with these labels, let the repository use it, or change runs-on",
  },
  other: look,
  "not-merged": { why: "a pull request waits", advice: "review and merge it" },
  "not-moved": {
    title: "A secret moves to an environment with the next update",
    advice: "apply the fleet, once a job on the branch deploys there",
    command: apply.command,
  },
  "not-deployed": {
    title: "A secret waits for a job that deploys to its environment",
    advice: "write what the line says; the next update then moves the secret",
  },
  "no-job": {
    title: "No job gets the secret of its environment",
    advice: "do what the line says: then the secret is used, without another update",
  },
  "not-applied": {
    title: "Not applied yet",
    advice: "apply the fleet",
    command: (stack) => `ghcr-fleet rollout ${stack}`,
  },
  trial: {
    title: "A rotation is not finished",
    advice: "continue it, or undo it with --abort in place of --resume",
    command: (stack) => `ghcr-fleet rotate ${stack} --resume`,
  },
  declined: {
    why: "somebody declined the change",
    advice: "talk to them, then offer it again or leave the repository out",
    command: (stack, items) =>
      ["ghcr-fleet rollout", stack, ...namesOf(items).map((name) => `--offer-again ${name}`)].join(
        " ",
      ),
  },
  "by-hand": { why: "changed by hand", ...repair },
  unmanaged: {
    why: "another workflow uses the secret",
    advice: "delete it, or name it in fleet.audit.workflows if it may use the secret",
  },
  "second-publisher": {
    why: "two workflows publish",
    advice:
      "delete one of the two, write workflows: repair, or name it in fleet.audit.workflows if both may publish",
  },
  unnamed: {
    title: "Packages that are not verified",
    advice: "name the image in images, and its package is verified; nothing else has to be done",
  },
  "no-page": {
    title: "Packages that need somebody",
    advice: "do what each line says; GitHub has no page for it",
  },
};

function namesOf(items: readonly Crossing[]): string[] {
  return [...new Set(items.flatMap(({ repository }) => repository ?? []))];
}
