import {
  convertWorkflowTemplate,
  NoOperationTraceWriter,
  parseWorkflow,
} from "@actions/workflow-parser";

/**
 * The errors of GitHub's own parser for a workflow: messages, none if it would run.
 *
 * @param callable texts of the reusable workflows that it may call, by path; the call is checked
 * against their inputs and secrets.
 */
export async function githubFindings(
  name: string,
  text: string,
  callable: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content: text }, new NoOperationTraceWriter());
  if (!value) return context.errors.getErrors().map(({ message }) => message);
  const getFileContent = async ({ path }: { path: string }) => {
    const content = callable[path];
    if (content === undefined) throw new Error(`${name} calls ${path}, which is not there`);
    return { name: path, content };
  };
  const options = { fetchReusableWorkflowDepth: 1 };
  const template = await convertWorkflowTemplate(context, value, { getFileContent }, options);
  return (template.errors ?? []).map(({ Message }) => Message);
}
