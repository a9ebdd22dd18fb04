import { access } from "node:fs/promises";

/** @param {string} path */
export async function exists(path) {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
