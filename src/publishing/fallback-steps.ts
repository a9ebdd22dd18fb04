/** The step that a repair adds, and that runs only where the registry refused the secret. */
export const fallbackLoginStep = "Log in with the job's own token";

/** Names of steps that run only where the registry refused the secret: of repairs and of templates. */
export const fallbackSteps: readonly string[] = [fallbackLoginStep, "Name the refused credential"];
