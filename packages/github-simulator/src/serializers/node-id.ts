/**
 * Opaque ids as in GraphQL, which can be decoded to what they name.
 * If a second number is given, the first one is the repository's id.
 */
const prefixes = {
  User: "U",
  Organization: "O",
  Repository: "R",
  Ref: "REF",
  Commit: "C",
  Tree: "T",
  Blob: "B",
  Tag: "TA",
  BranchProtectionRule: "BPR",
  PullRequest: "PR",
  PullRequestReview: "PRR",
  Issue: "I",
  Label: "LA",
  Milestone: "MI",
  IssueComment: "IC",
  Release: "RE",
  ReleaseAsset: "RA",
  Environment: "EN",
  StatusContext: "SC",
  Topic: "TO",
  Team: "TEAM",
  OrganizationInvitation: "OI",
} as const;

export type NodeType = keyof typeof prefixes;

export function nodeId(type: NodeType, ...parts: (string | number)[]): string {
  return `${prefixes[type]}_${Buffer.from(JSON.stringify(parts)).toString("base64url")}`;
}

export function parseNodeId(
  id: string,
): { type: NodeType; parts: (string | number)[] } | undefined {
  const [prefix = "", encoded = ""] = id.split(/_(.*)/s, 2);
  const type = (Object.keys(prefixes) as NodeType[]).find((name) => prefixes[name] === prefix);
  if (type === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(encoded, "base64url").toString("utf8"));
    return Array.isArray(parts) ? { type, parts: parts as (string | number)[] } : undefined;
  } catch {
    return undefined;
  }
}
