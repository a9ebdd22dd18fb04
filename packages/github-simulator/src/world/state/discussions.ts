export interface PullRequest {
  id: number;
  number: number;
  title: string;
  body: string | null;
  author: string;
  head: { ref: string; sha: string };
  base: { ref: string; sha: string };
  state: "open" | "closed";
  labels: string[];
  assignees: string[];
  /** Logins whose review is requested and has not been given. */
  requestedReviewers: string[];
  /** Ids of teams whose review is requested. */
  requestedTeams: number[];
  /** Oldest first. */
  reviews: Review[];
  draft: boolean;
  maintainerCanModify: boolean;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  /** The login that closed it last. */
  closedBy: string | null;
  mergedAt: string | null;
  mergedBy: string | null;
  mergeCommit: string | null;
  /** Set while GitHub merges it as soon as everything required is met. */
  autoMerge: AutoMerge | null;
  /** Set while it is in a merge queue, and its group is built. */
  mergeGroup: MergeGroup | null;
}

export interface MergeGroup {
  /** Full name of its branch. */
  ref: string;
  /** The merge that is tried. */
  sha: string;
  /** The head of the base branch that it starts from. */
  base: string;
}

export interface AutoMerge {
  method: "merge" | "squash" | "rebase";
  /** The login in whose name it is merged. */
  enabledBy: string;
  enabledAt: string;
  headline: string | null;
  body: string | null;
}

export interface Review {
  id: number;
  author: string;
  state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED";
  body: string;
  /** The head that was reviewed. */
  commit: string;
  submittedAt: string;
}

export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string | null;
  author: string;
  labels: string[];
  assignees: string[];
  /** Its number. */
  milestone: number | null;
  state: "open" | "closed";
  stateReason: string | null;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
}

export interface IssueComment {
  id: number;
  /** Number of the issue or pull request. */
  issue: number;
  author: string;
  body: string;
  createdAt: string;
  updatedAt: string;
}

export interface Label {
  id: number;
  name: string;
  /** Six hexadecimal digits, without a number sign. */
  color: string;
  description: string | null;
  isDefault: boolean;
  createdAt: string;
  updatedAt: string;
}

export interface Milestone {
  id: number;
  number: number;
  title: string;
  description: string | null;
  state: "open" | "closed";
  creator: string;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  dueOn: string | null;
}
