import { UserError } from "../user-error.ts";
import { RegistryRefusal } from "./registry-client.ts";

/**
 * Runs a call to the registry, and explains its errors.
 *
 * @param url the registry's root
 * @param whose the credential of the call, e.g. `the publishing token`
 */
export async function reaching<T>(url: string, whose: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof RegistryRefusal && error.isTemporary) {
      throw new UserError(`${url} cannot answer now (${error.message}): run again later`);
    }
    if (error instanceof RegistryRefusal) {
      throw new UserError(`${url} refused ${whose}: ${error.message}`);
    }
    if (error instanceof TypeError || (error instanceof Error && error.name === "TimeoutError")) {
      throw new UserError(`cannot reach the registry at ${url}: check the network, then run again`);
    }
    throw error;
  }
}
