export interface SecretStore {
  key: { id: string; publicKey: Uint8Array; privateKey: Uint8Array };
  secrets: Map<string, Secret>;
}

/** Which repositories may use an organisation's secret or variable. */
export interface Audience {
  visibility: "all" | "private" | "selected";
  selected: Set<number>;
}

export interface Secret extends Audience {
  name: string;
  /** The plain text, as a job receives it. */
  value: string;
  createdAt: string;
  updatedAt: string;
}

export type Variable = Secret;
