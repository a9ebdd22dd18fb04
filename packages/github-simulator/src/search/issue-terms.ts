import type { Issue, PullRequest } from "../world/state/discussions.ts";
import type { Repository } from "../world/state/repository.ts";
import type { Actor } from "../world/actor.ts";
import { mentions } from "../world/discussions/issues.ts";
import { reviewDecision } from "../world/discussions/reviews.ts";
import type { World } from "../world/world.ts";
import { isWithin, unknownTerm, type Term } from "./search-phrase.ts";

type Test = (found: Found) => boolean;

/** The condition of one term for an issue or a pull request. */
export function testOfIssueTerm(term: Term, world: World, actor: Actor): Test {
  const { qualifier, text } = term;
  if (qualifier === undefined) return saying(term);
  const test =
    stateTest(qualifier, term) ??
    personTest(qualifier, term, actor) ??
    pullTest(qualifier, term, world) ??
    placeTest(qualifier, term, actor);
  if (test === undefined) throw unknownTerm(text);
  return test;
}

/** Without `in:` GitHub searches titles, bodies and comments. */
function saying({ value }: Term): Test {
  const part = value.toLowerCase();
  return (found) => {
    const { title, body, number } = itemOf(found);
    const { comments } = found.repository;
    const said = comments.filter(({ issue }) => issue === number).map((comment) => comment.body);
    return [title, body ?? "", ...said].some((words) => words.toLowerCase().includes(part));
  };
}

function stateTest(qualifier: string, term: Term): Test | undefined {
  const wanted = term.value.toLowerCase();
  switch (qualifier) {
    case "is":
    case "type":
    case "state":
      return kinds[qualifier][wanted];
    case "reason":
      return (found) =>
        found.type === "Issue" && found.issue.stateReason === wanted.replace(" ", "_");
    case "label": {
      // A comma means or: label:"bug","wip".
      const labels = wanted.split(",");
      return (found) => itemOf(found).labels.some((label) => labels.includes(label.toLowerCase()));
    }
    case "no":
      return {
        assignee: (found: Found) => itemOf(found).assignees.length === 0,
        label: (found: Found) => itemOf(found).labels.length === 0,
        milestone: () => true,
        project: () => true,
      }[wanted];
    case "created":
      return (found) => isWithin(itemOf(found).createdAt, term);
    case "updated":
      return (found) => isWithin(itemOf(found).updatedAt, term);
    case "closed":
      return (found) => isWithin(itemOf(found).closedAt, term);
    default:
      return undefined;
  }
}

const isOpen: Test = (found) => itemOf(found).state === "open";
const isClosed: Test = (found) => itemOf(found).state === "closed";
const isPull: Test = (found) => found.type === "PullRequest";
const isIssue: Test = (found) => found.type === "Issue";
const isMerged: Test = (found) => found.type === "PullRequest" && found.pull.mergedAt !== null;
const types: Readonly<Record<string, Test>> = {
  pr: isPull,
  "pull-request": isPull,
  issue: isIssue,
};
const states: Readonly<Record<string, Test>> = { open: isOpen, closed: isClosed };
const kinds: Readonly<Record<"is" | "type" | "state", Readonly<Record<string, Test>>>> = {
  type: types,
  state: states,
  is: {
    ...types,
    ...states,
    merged: isMerged,
    unmerged: (found) => isPull(found) && isClosed(found) && !isMerged(found),
    draft: (found) => found.type === "PullRequest" && found.pull.draft,
    public: ({ repository }) => repository.visibility === "public",
    private: ({ repository }) => repository.visibility === "private",
    internal: ({ repository }) => repository.visibility === "internal",
    // Conversations cannot be locked here.
    locked: () => false,
    unlocked: () => true,
  },
};

function personTest(qualifier: string, { value, text }: Term, actor: Actor): Test | undefined {
  const person = value.toLowerCase() === "@me" ? meOf(actor, text) : value;
  // Teams and apps are written with a slash.
  if (person.includes("/")) return undefined;
  const login = person.toLowerCase();
  const isSame = (other: string) => other.toLowerCase() === login;
  const isAuthor: Test = (found) => isSame(itemOf(found).author);
  const isAssignee: Test = (found) => itemOf(found).assignees.some(isSame);
  const isMentioned: Test = (found) => mentions(found.repository, itemOf(found), login);
  const commented: Test = (found) =>
    found.repository.comments.some(
      ({ issue, author }) => issue === itemOf(found).number && isSame(author),
    );
  switch (qualifier) {
    case "author":
      return isAuthor;
    case "assignee":
      return value === "*" ? (found) => itemOf(found).assignees.length > 0 : isAssignee;
    case "mentions":
      return isMentioned;
    case "commenter":
      return commented;
    case "involves":
      return (found) => [isAuthor, isAssignee, isMentioned, commented].some((test) => test(found));
    case "review-requested":
    case "user-review-requested":
      return (found) => found.type === "PullRequest" && found.pull.requestedReviewers.some(isSame);
    case "reviewed-by":
      return (found) =>
        found.type === "PullRequest" && found.pull.reviews.some(({ author }) => isSame(author));
    default:
      return undefined;
  }
}

function meOf(actor: Actor, text: string): string {
  if (actor.kind === "anonymous") throw unknownTerm(text);
  return actor.login;
}

function pullTest(qualifier: string, term: Term, world: World): Test | undefined {
  const wanted = term.value.toLowerCase();
  switch (qualifier) {
    case "draft":
      return (found) => found.type === "PullRequest" && String(found.pull.draft) === wanted;
    case "base":
      return (found) => found.type === "PullRequest" && found.pull.base.ref === term.value;
    case "head":
      return (found) => found.type === "PullRequest" && found.pull.head.ref === term.value;
    case "merged":
      return (found) => found.type === "PullRequest" && isWithin(found.pull.mergedAt, term);
    case "review": {
      if (wanted === "none") {
        return (found) => found.type === "PullRequest" && found.pull.reviews.length === 0;
      }
      const decision = {
        required: "REVIEW_REQUIRED",
        approved: "APPROVED",
        changes_requested: "CHANGES_REQUESTED",
      }[wanted];
      if (decision === undefined) return undefined;
      return (found) =>
        found.type === "PullRequest" &&
        reviewDecision(world, found.repository, found.pull) === decision;
    }
    default:
      return undefined;
  }
}

function placeTest(qualifier: string, { value, text }: Term, actor: Actor): Test | undefined {
  const wanted = value.toLowerCase();
  switch (qualifier) {
    case "org":
    case "user": {
      const owner = (wanted === "@me" ? meOf(actor, text) : wanted).toLowerCase();
      return ({ repository }) => repository.owner.toLowerCase() === owner;
    }
    case "repo":
      return ({ repository: { owner, name } }) => `${owner}/${name}`.toLowerCase() === wanted;
    case "archived":
      return ({ repository }) => String(repository.archived) === wanted;
    case "language":
      return ({ repository }) => repository.language?.toLowerCase() === wanted;
    default:
      return undefined;
  }
}

/** The results of a search for issues, as GraphQL nodes. */
export type Found =
  | { type: "Issue"; repository: Repository; issue: Issue }
  | { type: "PullRequest"; repository: Repository; pull: PullRequest };

export function itemOf(found: Found): Issue | PullRequest {
  return found.type === "Issue" ? found.issue : found.pull;
}
