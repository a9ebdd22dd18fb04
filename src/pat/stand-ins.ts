/*
 * Texts that stand in the program for a PAT that it does not have. No token of GitHub looks like them, so
 * none can be stored by mistake.
 */

/**
 * Replaces the publishing PAT in a preview without its value: the data of the last update is used, and
 * nothing that depends on the value is judged.
 */
export const withheldPat = "(withheld: GHCR_FLEET_WITHOUT_PAT)";

/** Stands for the PAT that the provider reads itself, by the key that says where. */
export const readByProvider = {
  pat: "(read by the provider: ghcr-fleet:patFrom)",
  nextPat: "(read by the provider: ghcr-fleet:nextPatFrom)",
} as const;
