/** What to do about a record in the stack's state that is not as this version writes it. */
export const unreadableState =
  "If a newer version wrote it, use that version. If it was edited or damaged, restore the last " +
  "valid one: pulumi stack import --file <backup>";
