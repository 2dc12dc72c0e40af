import type {Workspace} from "../workspace.js";

/** A profile attribute as the sources declare it. */
export interface Attribute {
  name: string;
  label: string;
  description: string;
  unit?: string;
  personal: boolean;
  publish: "none" | "aggregate" | "rows";
}

/** The attributes that the workspace's sources of kind profiles set, by name; the first declaration that says more counts. */
export function declaredAttributes(workspace: Pick<Workspace, "sources">): Attribute[] {
  const attributes = new Map<string, Attribute>();
  for (const source of workspace.sources) {
    if (source.kind !== "profiles") continue;
    for (const [name, field] of Object.entries(source.attributes)) {
      const said = typeof field === "string" ? undefined : field;
      const label = said?.label ?? sentence(name);
      const before = attributes.get(name);
      attributes.set(name, {
        name,
        label: before?.label ?? label,
        description: before?.description ?? said?.description ?? label,
        unit: before?.unit ?? said?.unit,
        personal: (before?.personal ?? false) || (said?.personal ?? false),
        publish: before?.publish ?? said?.publish ?? "none"
      });
    }
  }
  return [...attributes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A name as a label: "loyalty_status" is "Loyalty status". */
export function sentence(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
