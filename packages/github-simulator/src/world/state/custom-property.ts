/** What an organisation lets its repositories say of themselves. */
export interface CustomProperty {
  name: string;
  valueType: "string" | "single_select" | "multi_select" | "true_false" | "url";
  /** Every repository has it, by default with the value that goes with it. */
  required: boolean;
  defaultValue: PropertyValue | null;
  description: string | null;
  allowedValues: string[] | null;
  valuesEditableBy: "org_actors" | "org_and_repo_actors";
}

export type PropertyValue = string | string[];
