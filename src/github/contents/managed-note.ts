/** In the message of every commit of the fleet, by which they are recognised. */
export const managedNote = "Managed by ghcr-fleet";

export const templateNote = `${managedNote}: change the stack's configuration, not these files.`;

export const repairNote = `${managedNote}: the logins to the container registry, and the permissions that they need. Everything else in these files is yours.`;
