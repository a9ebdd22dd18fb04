/** The text of every commit that the fleet makes, by which it knows its own again. */
export const managedNote =
  "Managed by ghcr-fleet: change the stack's configuration, not these files.";
