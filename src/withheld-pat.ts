/**
 * Stands for the publishing PAT in a preview that does without its value: what was known of it at
 * the last update is taken as it is, and nothing that depends on it is judged. No token that GitHub
 * hands out looks like this, and nobody stores it by mistake.
 */
export const withheldPat = "(withheld: GHCR_FLEET_WITHOUT_PAT)";
