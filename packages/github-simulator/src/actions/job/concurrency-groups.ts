/** Something that may have to wait for others in its group. */
export interface GroupMember {
  /** The group, as its workflow writes it. */
  readonly group: string;
  /** Called once if a newer member replaces or cancels it. */
  cancel(reason: string): void;
}

/** `concurrency` of a workflow or a job. */
export interface Concurrency {
  readonly group: string;
  readonly cancelInProgress: boolean;
  /** Whether many may wait: `queue: max`. */
  readonly queues: boolean;
}

export interface ConcurrencyGroups {
  /** @returns `true` once it is the member's turn, `false` if it is cancelled while it waits */
  enter(group: string, member: GroupMember, how: Concurrency): Promise<boolean>;
  leave(group: string, member: GroupMember): void;
}

interface Waiting {
  readonly member: GroupMember;
  decide(granted: boolean): void;
}

interface Group {
  readonly running: GroupMember;
  /** First in, first out. */
  waiting: readonly Waiting[];
}

const longestQueue = 100;

/**
 * In each group at most one member runs and one waits; a newer one replaces the waiting one, unless it
 * may queue behind it.
 * @see https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
export function createConcurrencyGroups(): ConcurrencyGroups {
  const groups = new Map<string, Group>();
  const refuse = ({ member, decide }: Waiting, reason: string): void => {
    decide(false);
    member.cancel(reason);
  };
  return {
    enter(name, member, { cancelInProgress, queues }) {
      const group = groups.get(name);
      if (group === undefined) {
        groups.set(name, { running: member, waiting: [] });
        return Promise.resolve(true);
      }
      const reason = `Canceling since a higher priority waiting request for ${member.group} exists`;
      return new Promise((decide) => {
        const added = { member, decide };
        if (queues && group.waiting.length >= longestQueue) {
          return refuse(added, `Canceling since the queue of ${member.group} is full`);
        }
        const before = group.waiting;
        group.waiting = queues ? [...before, added] : [added];
        if (!queues) before.forEach((each) => refuse(each, reason));
        if (cancelInProgress) group.running.cancel(reason);
      });
    },
    leave(name, member) {
      const group = groups.get(name);
      if (group === undefined) return;
      const left = group.waiting.find((each) => each.member === member);
      group.waiting = group.waiting.filter((each) => each !== left);
      left?.decide(false);
      if (group.running !== member) return;
      const [next, ...waiting] = group.waiting;
      if (next === undefined) {
        groups.delete(name);
        return;
      }
      groups.set(name, { running: next.member, waiting });
      next.decide(true);
    },
  };
}
