import { UserError } from "../../src/user-error.ts";

/**
 * The parts of an id that a person wrote for an import. A missing part, or one that a path would treat
 * as another folder, would read another object.
 *
 * @param form e.g. `owner/repository/NAME`: it has as many parts as the id must have
 * @throws {UserError} the id has another form
 */
export function splitId(id: string, form: string): string[] {
  const parts = id.split("/");
  const isForm = parts.length === form.split("/").length;
  if (isForm && parts.every((part) => part !== "" && !/^\.+$/.test(part))) return parts;
  throw new UserError(`cannot import "${id}": give ${form}`);
}
