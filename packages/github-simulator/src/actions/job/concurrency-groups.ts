/** Something that may have to wait for others in its group. */
export interface GroupMember {
  /** The group, as its workflow writes it. */
  readonly group: string;
  /** Called once if a newer member replaces or cancels it. */
  cancel(reason: string): void;
}

export interface ConcurrencyGroups {
  /** @returns `true` once it is the member's turn, `false` if a newer one replaced it */
  enter(group: string, member: GroupMember, cancelInProgress: boolean): Promise<boolean>;
  leave(group: string, member: GroupMember): void;
}

interface Group {
  running: GroupMember;
  waiting: { member: GroupMember; decide: (granted: boolean) => void } | undefined;
}

/**
 * In each group at most one member runs and one waits; a newer one replaces the waiting one.
 * @see https://docs.github.com/en/actions/concepts/workflows-and-actions/concurrency
 */
export function createConcurrencyGroups(): ConcurrencyGroups {
  const groups = new Map<string, Group>();
  return {
    enter(name, member, cancelInProgress) {
      const group = groups.get(name);
      if (group === undefined) {
        groups.set(name, { running: member, waiting: undefined });
        return Promise.resolve(true);
      }
      const reason = `Canceling since a higher priority waiting request for ${member.group} exists`;
      group.waiting?.decide(false);
      group.waiting?.member.cancel(reason);
      return new Promise((decide) => {
        group.waiting = { member, decide };
        if (cancelInProgress) group.running.cancel(reason);
      });
    },
    leave(name, member) {
      const group = groups.get(name);
      if (group === undefined) return;
      if (group.waiting?.member === member) {
        group.waiting.decide(false);
        group.waiting = undefined;
      }
      if (group.running !== member) return;
      const next = group.waiting;
      if (next === undefined) {
        groups.delete(name);
        return;
      }
      groups.set(name, { running: next.member, waiting: undefined });
      next.decide(true);
    },
  };
}
