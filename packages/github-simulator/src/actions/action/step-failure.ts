/** A step fails with this message, as the runner or the action would print it. */
export class StepFailure extends Error {}
