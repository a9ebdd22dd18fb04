/** What is wrong in a workflow file, and where. */
export interface WorkflowFinding {
  /** Line in the file, from 1. */
  readonly line: number;
  /** Completes the sentence "<file> must …". */
  readonly must: string;
}
