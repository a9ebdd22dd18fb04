/**
 * Replaces the publishing PAT in a preview without its value: the data of the last update is used, and
 * nothing that depends on the value is judged. No token of GitHub looks like this, so it cannot be stored
 * by mistake.
 */
export const withheldPat = "(withheld: GHCR_FLEET_WITHOUT_PAT)";
