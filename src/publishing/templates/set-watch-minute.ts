import { UserError } from "../../user-error.ts";

/** A cron expression that names one minute, as a line of a workflow. */
const cronLine = /^(\s*- cron: ["'])\d{1,2}(?= )/gm;

/**
 * Puts a stack's own minute into the schedules of a workflow; all else stays as it is.
 *
 * @param minute 0 to 59
 * @throws {UserError} no schedule names a minute
 */
export function setWatchMinute(text: string, minute: number): string {
  if (!text.match(cronLine)) {
    throw new UserError('the workflow has no schedule such as - cron: "23 5 * * *"; add one');
  }
  return text.replaceAll(cronLine, (_, start: string) => `${start}${minute}`);
}
