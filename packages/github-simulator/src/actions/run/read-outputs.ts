import { evaluateTexts } from "../language/expression.ts";
import { annotate, scopeOf, type ActiveJob } from "./active-job.ts";

/**
 * The outputs of a job. A value in which a secret would be hidden does not leave the job, and an empty
 * one does not count: the jobs of a matrix may each set an output of their own.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idoutputs
 */
export function readOutputs(job: ActiveJob): Record<string, string> {
  const outputs = evaluateTexts(job.definition.token.find("outputs"), scopeOf(job, job.env));
  const kept = Object.entries(outputs).filter(([name, value]) => {
    if (value === "") return false;
    const isPublic = job.mask.apply(value) === value;
    if (!isPublic) annotate(job, "warning", `Skip output '${name}' since it may contain secret.`);
    return isPublic;
  });
  return Object.fromEntries(kept);
}
