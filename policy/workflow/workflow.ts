import type { Document, Node, Scalar, YAMLMap } from "yaml";
import type { YamlReader } from "./language/yaml-nodes.ts";

/** A problem in a workflow file, and its place. */
export interface WorkflowFinding {
  /** Line in the file, from 1. */
  readonly line: number;
  /** Completes the sentence "<file> must …". */
  readonly must: string;
}

/** A workflow file before it is read. */
export interface WorkflowSource {
  /** ".github/workflows/ci.yml" */
  readonly path: string;
  readonly text: string;
  /** Whether the fleet manages it. */
  readonly managed: boolean;
  /** Host of the registry that it should publish to; "ghcr.io" if absent. */
  readonly registry?: string;
  /** Owner of its repository, if known. */
  readonly owner?: string;
  /** Name of its repository, if known. */
  readonly repository?: string;
  /** Branch whose pushes publish, if known. */
  readonly branch?: string;
  /** Later versions of the templates' actions, which the provider found to be released; one a line. */
  readonly newerPins?: string;
  /** The workflows and actions of its repository that it calls, if their files are known. */
  readonly callees?: readonly Callee[];
  /** Whether a file of its repository calls it: that one is judged by what it gives. */
  readonly isCalled?: boolean;
  /** Whether it is an action that logs in for a job of its repository, which pushes. */
  readonly isForPush?: boolean;
}

/** The facts that a caller needs about a reusable workflow, or an action, in its own repository. */
export interface Callee {
  /** ".github/workflows/publish.yml"; of an action, its folder. */
  readonly path: string;
  /** Whether it, or one that it calls, publishes to the registry. */
  readonly publishes: boolean;
  /** Whether it is an action that logs in, so that the job that runs it can push. */
  readonly logsIn: boolean;
  /** The secrets that it declares. GitHub refuses a caller that passes others. */
  readonly secrets: readonly string[];
  /** The secrets, or inputs of an action, that are passwords of its logins, or of those that it calls. */
  readonly passwords: readonly string[];
  /** Those, and other inputs, that it takes by itself where a caller gives none. */
  readonly preset: readonly string[];
  /** Whether it also logs in with a password that its callers do not give under such a name. */
  readonly hasOwnPassword: boolean;
  /** For each of its logins, and of the calls that publish, the inputs without which it does not run. */
  readonly switches: readonly (readonly Switch[])[];
}

/** An input that turns a login, or all that is pushed, on or off. */
export interface Switch {
  readonly name: string;
  /** What it is where a caller does not give it. */
  readonly preset: string;
  /**
   * The value that turns it off; an empty one does so, too, where that is "false". "any": each that is not empty.
   * In `if: inputs.push`, the text `'false'` counts as true. "other registry": each that does not name the fleet's.
   * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#literals
   */
  readonly isOffWith: "false" | "true" | "" | "any" | "other registry";
}

/** A workflow file, valid or not; or an action's file, whose steps are treated as one job. */
export interface Workflow extends WorkflowSource {
  readonly kind: "workflow" | "action";
  /**
   * How it publishes to the registry: from a branch, with releases, or not at all. For the files of the fleet's
   * templates, their names decide.
   */
  readonly role: "ci" | "release" | "other";
  /** With comments, for remediation. */
  readonly document: Document;
  /** Reads the nodes of the document. */
  readonly yaml: YamlReader;
  /** Why GitHub would not run it. */
  readonly problems: readonly WorkflowFinding[];
  readonly root: YAMLMap | undefined;
  /** Event to its settings, if any. */
  readonly triggers: ReadonlyMap<string, Trigger>;
  readonly jobs: readonly Job[];
  readonly expressions: readonly Expression[];
  /** Line of a node, from 1; the first line if there is no such node. */
  lineOf(node: Node | null | undefined): number;
}

export interface Trigger {
  readonly line: number;
  readonly settings: YAMLMap | undefined;
}

export interface Job {
  readonly id: string;
  readonly node: YAMLMap;
  readonly line: number;
  /** The reusable workflow that it calls instead of steps. */
  readonly uses: Scalar<string> | undefined;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly node: YAMLMap;
  readonly line: number;
  readonly uses: Scalar<string> | undefined;
  readonly run: Scalar<string> | undefined;
}

/** One `${{ … }}`, or a condition. If an alias repeats it, there is one for each place. */
export interface Expression {
  readonly text: string;
  readonly line: number;
  /** Key of the scalar that contains it: "run"; empty in a list. */
  readonly key: string;
  /** Keys from the root to it: ["jobs", "image", "steps", "run"]. */
  readonly path: readonly string[];
  /** The maps that contain it, the innermost first: its step, its job, the workflow. */
  readonly scopes: readonly YAMLMap[];
}
