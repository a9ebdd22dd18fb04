import { UserError } from "../../src/user-error.ts";

/**
 * The parts of an id that a person gave to import by. A part that is missing, or that a path would
 * take for another folder, would ask GitHub about something else.
 *
 * @param form e.g. `owner/repository/NAME`: as many parts as are wanted
 * @throws {UserError} the id has another form
 */
export function splitId(id: string, form: string): string[] {
  const parts = id.split("/");
  const isForm = parts.length === form.split("/").length;
  if (isForm && parts.every((part) => part !== "" && !/^\.+$/.test(part))) return parts;
  throw new UserError(`cannot import "${id}": give ${form}`);
}
