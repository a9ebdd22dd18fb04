/** A receiver of a repository's or an organisation's events. */
export interface Webhook {
  id: number;
  active: boolean;
  /** Names of events; `*` stands for all of them. */
  events: string[];
  url: string;
  contentType: "form" | "json";
  /** Signs deliveries; null: no signature. Never in an answer. */
  secret: string | null;
  /** `1` accepts every certificate. */
  insecureSsl: "0" | "1";
  createdAt: string;
  updatedAt: string;
  lastResponse: { code: number | null; status: string; message: string | null };
}
