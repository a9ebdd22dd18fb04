/** Turns a prefix and what follows it into a link to somewhere else. */
export interface Autolink {
  id: number;
  prefix: string;
  /** With `<num>` where the reference goes. */
  urlTemplate: string;
  isAlphanumeric: boolean;
  updatedAt: string;
}
